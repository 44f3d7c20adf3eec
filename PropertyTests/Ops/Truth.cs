using Msr.Cpu.Reference;

namespace PropertyTests.Ops;

/// <summary>What a case should give: its float64 run on the reference, and a second one on absolute values.</summary>
internal sealed class Truth
{
    private readonly CaseData _inputs;
    private readonly CaseData _outputs;
    private readonly Lazy<CaseData> _magnitudes;

    public Truth(OpCase opCase, CaseData inputs)
    {
        _inputs = inputs;
        _outputs = Reference.Run(opCase, inputs);
        _magnitudes = new Lazy<CaseData>(() => Reference.Run(opCase, inputs.Select(opCase.Magnitude)));
    }

    /// <summary>The backend that decides.</summary>
    public static Subject Reference { get; } = new Subject<double>(new ReferenceBackend<double>());

    /// <summary>What an operand held before the run.</summary>
    public double[] Input(string operand) => _inputs.Reals[operand];

    /// <summary>What an operand of integers held before the run.</summary>
    public int[] Indices(string operand) => _inputs.Integers[operand];

    /// <summary>What an operand holds after the run.</summary>
    public double[] Output(string operand) => _outputs.Reals[operand];

    /// <summary>What an operand of integers holds after the run.</summary>
    public int[] OutputIndices(string operand) => _outputs.Integers[operand];

    /// <summary>What an operand holds after the run on absolute values.</summary>
    public double[] Magnitude(string operand) => _magnitudes.Value.Reals[operand];
}
