namespace WgDynamic.Storage.Tests;

/// <summary>Tests that measure: nothing runs beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
