using Msr.Cpu;
using PropertyTests.Cpu;
using Xunit.Sdk;

namespace PropertyTests.VectorPaths;

/// <summary>
/// The entry point of this assembly, which the test runner does not use: <c>dotnet exec PropertyTests.dll Vector128 REPORT</c> asserts that
/// the backend's default path is the one named, runs all ops on it, and writes a line to the file REPORT. A test starts it with parts of the
/// processor switched off.
/// </summary>
internal static class ChildProcess
{
    public static int Main(string[] args)
    {
        VectorPath expected = Enum.Parse<VectorPath>(args[0]);
        if (CpuBackend<float>.WidestPath != expected)
        {
            return Say(args[1], $"The default path is {CpuBackend<float>.WidestPath}, not {expected}.", 2);
        }

        try
        {
            IReadOnlyList<PathCase> cases = PathChecks.Prepare(CpuCases.Sample);
            long compared = PathChecks.Run<float>(null, cases) + PathChecks.Run<double>(null, cases);
            return Say(args[1], $"{expected}: {compared} elements within their bounds.", 0);
        }
        catch (XunitException failure)
        {
            return Say(args[1], failure.Message, 1);
        }
    }

    private static int Say(string report, string text, int code)
    {
        File.WriteAllText(report, text);
        return code;
    }
}
