using System.Reflection;
using Msr.Conformance.Stored;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Cpu;
using Msr.Cpu.Oracle;
using Msr.Cpu.Reference;

namespace PropertyTests.Cases;

/// <summary>The suites of stored cases in the source tree: there are too many to copy beside every build.</summary>
internal static class StoredCases
{
    /// <summary>The folder of all suites.</summary>
    public static string Root { get; } = typeof(StoredCases).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "CasesFolder").Value!;

    /// <summary>What PyTorch computed.</summary>
    public static StoredSuite Torch { get; } = StoredSuite.Open(Path.Combine(Root, "torch"));

    /// <summary>The names of the backends that cases are run on.</summary>
    public static IReadOnlyList<string> Backends { get; } = ["reference", "reference:f64", "oracle", "oracle:f64", "cpu", "cpu:f64"];

    /// <summary>Opens a backend.</summary>
    public static Subject Open(string backend) => backend switch
    {
        "reference" => new Subject<float>(new ReferenceBackend<float>()),
        "reference:f64" => new Subject<double>(new ReferenceBackend<double>()),
        "oracle" => new Subject<float>(new OracleBackend<float>()),
        "oracle:f64" => new Subject<double>(new OracleBackend<double>()),
        "cpu" => new Subject<float>(new CpuBackend<float>(1)),
        "cpu:direct" => new Subject<float>(new CpuBackend<float>(1, convolutions: ConvolutionAlgorithm.Direct)),
        _ => new Subject<double>(new CpuBackend<double>(1)),
    };

    /// <summary>Runs one case.</summary>
    public static CaseReport Run(StoredSuite suite, string id, string backend) =>
        Assert.Single(new StoredVerifier(() => Open(backend), 1).Verify(suite.Where((stored, _) => stored == id)).Cases);
}
