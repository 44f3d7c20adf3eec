namespace Msr.Cli.Benchmarks;

/// <summary>What a process of its own is started for.</summary>
internal enum ChildWork
{
    /// <summary>The first step of what <c>msr train</c> trains by default.</summary>
    Start,

    /// <summary>A few steps of the network that is timed, and nothing else, to see how much memory is resident.</summary>
    Memory,
}
