namespace ReleaseTracks.Demo;

/// <summary>Why the demo cannot go on, in words for the person at the console.</summary>
internal sealed class DemoException(string message, Exception? inner = null) : Exception(message, inner);
