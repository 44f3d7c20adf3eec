namespace Msr.Conformance.Ops;

/// <summary>Arguments of an op that its constructor must refuse.</summary>
/// <param name="What">What is wrong with them.</param>
/// <param name="Expected">The type of the exception that says so.</param>
/// <param name="Build">Builds the op; throws, if all is well.</param>
public sealed record ErrorInput(string What, Type Expected, Action Build);
