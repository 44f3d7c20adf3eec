namespace Msr.Conformance.Subjects;

/// <summary>The contents of the operands of a case, by name, in float64 whatever the backend computes in.</summary>
public sealed class CaseData
{
    /// <summary>Operands of real numbers.</summary>
    public Dictionary<string, double[]> Reals { get; } = new(StringComparer.Ordinal);

    /// <summary>Operands of integers.</summary>
    public Dictionary<string, int[]> Integers { get; } = new(StringComparer.Ordinal);

    /// <summary>The same integers with other real numbers.</summary>
    /// <param name="change">From operand and number to number.</param>
    public CaseData Select(Func<string, double, double> change)
    {
        CaseData changed = new();
        foreach ((string name, double[] values) in Reals)
        {
            changed.Reals[name] = Array.ConvertAll(values, value => change(name, value));
        }

        foreach ((string name, int[] values) in Integers)
        {
            changed.Integers[name] = values;
        }

        return changed;
    }

    /// <summary>The same contents but for one operand.</summary>
    /// <param name="name">The operand.</param>
    /// <param name="values">Its contents.</param>
    public CaseData With(string name, double[] values)
    {
        CaseData changed = new();
        foreach ((string other, double[] own) in Reals)
        {
            changed.Reals[other] = own;
        }

        foreach ((string other, int[] own) in Integers)
        {
            changed.Integers[other] = own;
        }

        changed.Reals[name] = values;
        return changed;
    }
}
