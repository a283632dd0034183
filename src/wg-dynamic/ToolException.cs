namespace WgDynamic.Tool;

/// <summary>What was asked for cannot be done; the message says why and what to do, for a person to read.</summary>
/// <param name="message">One line, without a full stop.</param>
internal sealed class ToolException(string message) : Exception(message);
