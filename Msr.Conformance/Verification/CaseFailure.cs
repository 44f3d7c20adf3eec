using Msr.Conformance.Cases;

namespace Msr.Conformance.Verification;

/// <summary>How a case failed, and the smallest case found that fails in the same way.</summary>
/// <param name="Law">The name of the law that is broken.</param>
/// <param name="Statement">The law in one sentence.</param>
/// <param name="Message">What is wrong with the shrunk case: element, expected, got, error/bound.</param>
/// <param name="Text">The shrunk case in one line; the case itself where it could not be shrunk.</param>
public sealed record CaseFailure(string Law, string Statement, string Message, string Text)
{
    /// <summary>How many smaller cases were tried.</summary>
    public int Attempts { get; init; }

    /// <summary>The shrunk case; none for stored cases.</summary>
    public TestCase? Case { get; init; }

    /// <summary>Arguments of <c>msr verify</c> that repeat it, after the backend's.</summary>
    public string Arguments { get; init; } = $"--case \"{Text}\"";

    /// <summary>The one command that repeats it.</summary>
    /// <param name="backend">The name of the backend.</param>
    public string Command(string backend) => $"msr verify --backend {backend} {Arguments}";
}
