namespace Msr.Cuda.Emulation.Driver;

/// <summary>A piece of work on a stream, all its arguments held by value.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Run">Does it, as often as it is called.</param>
internal sealed record WorkItem(string Name, Action Run);
