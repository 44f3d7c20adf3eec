using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>An op and the op that gives its gradient by one of its inputs.</summary>
/// <param name="Forward">The op.</param>
/// <param name="Backward">Its gradient op, on the same geometry.</param>
/// <param name="Input">The input of <paramref name="Forward"/> that the gradient is taken by.</param>
/// <param name="Output">The output of <paramref name="Forward"/>.</param>
/// <param name="Upstream">The operand of <paramref name="Backward"/> that holds the gradient of the output.</param>
/// <param name="Gradient">The operand of <paramref name="Backward"/> that holds the gradient of the input.</param>
internal sealed record GradientPair(OpCase Forward, OpCase Backward, string Input, string Output, string Upstream, string Gradient)
{
    /// <summary>What the gradient op calls an operand that the op calls otherwise.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The contents of the gradient op: what the op read and wrote, the upstream gradient, and zeros where it adds.</summary>
    public CaseData Bind(CaseData inputs, CaseData outputs, double[] upstream)
    {
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
}
