namespace WgDynamic.Server.Tests;

/// <summary>Tests that measure what the whole process does, or need most of its descriptors: nothing runs beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
