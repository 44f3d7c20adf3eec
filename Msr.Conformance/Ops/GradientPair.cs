using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>An op and the op that gives its gradient by one of its inputs, on the same geometry.</summary>
/// <param name="Forward">The op.</param>
/// <param name="Backward">Its gradient op.</param>
/// <param name="Input">The input of <paramref name="Forward"/> that the gradient is taken by.</param>
/// <param name="Output">The output of <paramref name="Forward"/>.</param>
/// <param name="Upstream">The operand of <paramref name="Backward"/> that holds the gradient of the output; one element counts for every output.</param>
/// <param name="Gradient">The operand of <paramref name="Backward"/> that holds the gradient of the input.</param>
public sealed record GradientPair(OpCase Forward, OpCase Backward, string Input, string Output, string Upstream, string Gradient)
{
    /// <summary>Whether the op is linear in the input near any point, so that its gradient op is its adjoint there.</summary>
    public bool IsLinear { get; init; } = true;

    /// <summary>Half the width h of a difference: 1 where the op is linear in the input, else a power of 2 small enough to see a slope.</summary>
    public double Step { get; init; } = 1;

    /// <summary>Moves contents to where a step of <see cref="Step"/> crosses no kink.</summary>
    public Func<CaseData, CaseData> AwayFromKinks { get; init; } = static inputs => inputs;

    /// <summary>The truncation error of the difference, from inputs, weights of the outputs and element: h²/6·max|L‴|, 0 where the op is linear.</summary>
    public Func<CaseData, double[], int, double> Truncation { get; init; } = static (_, _, _) => 0;

    /// <summary>What the gradient op calls an operand that the op calls otherwise.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The contents of the gradient op: what the op read and wrote, the upstream gradient, and zeros where it adds.</summary>
    /// <param name="inputs">What the op read.</param>
    /// <param name="outputs">What it wrote.</param>
    /// <param name="upstream">The gradient of its output.</param>
    public CaseData Bind(CaseData inputs, CaseData outputs, double[] upstream)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        CaseData data = new();
        foreach (Operand operand in CaseData.Operands(Backward).Where(static o => o.Access != OperandAccess.Write))
        {
            string name = Renamed.GetValueOrDefault(operand.Name, operand.Name);
            if (operand.Name == Upstream)
            {
                data.Reals[operand.Name] = upstream;
            }
            else if (operand.Access == OperandAccess.Accumulate)
            {
                data.Reals[operand.Name] = new double[operand.Shape.Length];
            }
            else if (operand.Memory.ElementType == typeof(int))
            {
                data.Integers[operand.Name] = inputs.Integers.TryGetValue(name, out int[]? given) ? given : outputs.Integers[name];
            }
            else
            {
                data.Reals[operand.Name] = inputs.Reals.TryGetValue(name, out double[]? given) ? given : outputs.Reals[name];
            }
        }

        return data;
    }

    /// <summary>How many elements the upstream gradient has.</summary>
    internal int UpstreamLength => checked((int)CaseData.Operands(Backward).Single(operand => operand.Name == Upstream).Shape.Length);
}
