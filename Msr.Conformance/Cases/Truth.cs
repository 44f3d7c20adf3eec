using Msr.Conformance.Subjects;
using Msr.Cpu.Oracle;
using Msr.Cpu.Reference;

namespace Msr.Conformance.Cases;

/// <summary>
/// What a case should give: a float64 run, and a second one on absolute values. Small cases are decided by the definition loops, the root of all
/// trust; those of real size by the oracle, which the laws hold against the loops. The same theorem bounds the errors of both.
/// </summary>
public sealed class Truth
{
    /// <summary>The most floating-point operations of a case that the loops decide: some hundredths of a second.</summary>
    public const long MostLoopFlops = 10_000_000;

    private readonly CaseData _inputs;
    private readonly Lazy<CaseData> _outputs;
    private readonly Lazy<CaseData> _magnitudes;

    /// <summary>Prepares to run a case on the backend that decides it; nothing runs before it is asked for.</summary>
    /// <param name="opCase">The case.</param>
    /// <param name="inputs">The contents of what it reads.</param>
    /// <param name="judged">The backend under test: the oracle does not decide on itself.</param>
    public Truth(OpCase opCase, CaseData inputs, Subject judged)
    {
        ArgumentNullException.ThrowIfNull(opCase);
        Decider = opCase.Flops <= MostLoopFlops ? Loops : DeciderOfSteps(judged);
        _inputs = inputs;
        _outputs = new Lazy<CaseData>(() => Decider.Run(opCase, inputs).Outputs);
        _magnitudes = new Lazy<CaseData>(() => Decider.Run(opCase, inputs.Select(opCase.Magnitude)).Outputs);
    }

    /// <summary>The definition loops. They have no state: any number of threads may use them.</summary>
    public static Subject Loops { get; } = new Subject<double>(new ReferenceBackend<double>());

    /// <summary>The oracle, which has no state either.</summary>
    public static Subject Oracle { get; } = new Subject<double>(new OracleBackend<double>());

    /// <summary>The backend that decides this case.</summary>
    public Subject Decider { get; }

    /// <summary>The backend that decides whole steps, which are of real size: the oracle, but the loops for the oracle itself.</summary>
    /// <param name="judged">The backend under test.</param>
    public static Subject DeciderOfSteps(Subject judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        return judged.IsOracle ? Loops : Oracle;
    }

    /// <summary>The contents of an operand before the run.</summary>
    /// <param name="operand">The operand.</param>
    public double[] Input(string operand) => _inputs.Reals[operand];

    /// <summary>The contents of an operand of integers before the run.</summary>
    /// <param name="operand">The operand.</param>
    public int[] Indices(string operand) => _inputs.Integers[operand];

    /// <summary>The contents of an operand after the run.</summary>
    /// <param name="operand">The operand.</param>
    public double[] Output(string operand) => _outputs.Value.Reals[operand];

    /// <summary>The contents of an operand of integers after the run.</summary>
    /// <param name="operand">The operand.</param>
    public int[] OutputIndices(string operand) => _outputs.Value.Integers[operand];

    /// <summary>The contents of an operand after the run on absolute values.</summary>
    /// <param name="operand">The operand.</param>
    public double[] Magnitude(string operand) => _magnitudes.Value.Reals[operand];
}
