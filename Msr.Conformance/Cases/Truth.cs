using Msr.Conformance.Subjects;
using Msr.Cpu.Reference;

namespace Msr.Conformance.Cases;

/// <summary>What a case should give: its float64 run on the reference, and a second one on absolute values.</summary>
public sealed class Truth
{
    private readonly CaseData _inputs;
    private readonly CaseData _outputs;
    private readonly Lazy<CaseData> _magnitudes;

    /// <summary>Runs a case on the reference.</summary>
    /// <param name="opCase">The case.</param>
    /// <param name="inputs">The contents of what it reads.</param>
    public Truth(OpCase opCase, CaseData inputs)
    {
        ArgumentNullException.ThrowIfNull(opCase);
        _inputs = inputs;
        _outputs = Reference.Run(opCase, inputs).Outputs;
        _magnitudes = new Lazy<CaseData>(() => Reference.Run(opCase, inputs.Select(opCase.Magnitude)).Outputs);
    }

    /// <summary>The backend that decides. It has no state: any number of threads may use it.</summary>
    public static Subject Reference { get; } = new Subject<double>(new ReferenceBackend<double>());

    /// <summary>What an operand held before the run.</summary>
    /// <param name="operand">The operand.</param>
    public double[] Input(string operand) => _inputs.Reals[operand];

    /// <summary>What an operand of integers held before the run.</summary>
    /// <param name="operand">The operand.</param>
    public int[] Indices(string operand) => _inputs.Integers[operand];

    /// <summary>What an operand holds after the run.</summary>
    /// <param name="operand">The operand.</param>
    public double[] Output(string operand) => _outputs.Reals[operand];

    /// <summary>What an operand of integers holds after the run.</summary>
    /// <param name="operand">The operand.</param>
    public int[] OutputIndices(string operand) => _outputs.Integers[operand];

    /// <summary>What an operand holds after the run on absolute values.</summary>
    /// <param name="operand">The operand.</param>
    public double[] Magnitude(string operand) => _magnitudes.Value.Reals[operand];
}
