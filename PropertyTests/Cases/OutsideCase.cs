using Msr.Core.Numerics;
using PropertyTests.Ops;

namespace PropertyTests.Cases;

/// <summary>A stored case on its way through a backend: inputs go in channels last, results are compared with what is stored.</summary>
internal sealed class OutsideCase(NeutralCase stored, Subject subject)
{
    private readonly Rounding _rounding = Rounding.Of(subject.Info.Accuracy);
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);

    public NeutralCase Stored => stored;

    public Subject Subject => subject;

    /// <summary>What does the comparing, and counts.</summary>
    public Judge Judge { get; } = new(subject);

    /// <summary>The results of the case that nothing was compared with.</summary>
    public IEnumerable<string> Unchecked => stored.Names.Where(name =>
        stored.Tensor(name).Role is "output" or "grad" or "state" && !_checked.Contains(name));

    /// <summary>The shape of a tensor, channels first as stored.</summary>
    public Shape Shape(string name) => stored.Tensor(name).Shape;

    /// <summary>The elements of a tensor, channels last where it has four axes.</summary>
    public double[] Values(string name) => ChannelsLast(stored.Reals(name), stored.Tensor(name).Shape);

    /// <summary>Elements in the stored order, moved as <see cref="Values"/> moves them.</summary>
    public double[] AsStored(string name, double[] values) => ChannelsLast(values, stored.Tensor(name).Shape);

    /// <summary>Runs a case on the subject.</summary>
    public CaseData Run(OpCase opCase, CaseData inputs) => subject.Run(opCase, inputs);

    /// <summary>A bound for the subject, and once more for the float64 that computed what is stored.</summary>
    public double[] Twice(Func<Rounding, double[]> bound) =>
        [.. bound(_rounding).Zip(bound(Rounding.OfStored), static (own, stored) => own + stored)];

    /// <summary>|got − stored| ≤ γ_n·absdot, plus the same of the stored result.</summary>
    public void CheckSum(string name, double[] got)
    {
        double[] weights = Values($"{name}.absdot");
        int n = stored.Tensor(name).ReductionLength;
        Check(name, got, Twice(rounding => Array.ConvertAll(weights, m => (rounding.Products(n) * m) + (n * rounding.Underflow))));
    }

    /// <summary>Compares with the bound of the op itself.</summary>
    public void CheckOp(string name, OpCase opCase, CaseData inputs, CaseData outputs, string operand)
    {
        Truth truth = new(opCase, inputs);
        Check(name, outputs.Reals[operand], Twice(rounding => opCase.Bound(operand, truth, rounding)));
    }

    /// <summary>Compares with a bound.</summary>
    public void Check(string name, double[] got, double[] bound)
    {
        Judge.Compare($"{stored.Id}: '{name}' on {subject}", got, Values(name), bound);
        _checked.Add(name);
    }

    /// <summary>Compares integers.</summary>
    public void CheckIntegers(string name, int[] got)
    {
        Assert.Equal(Layout.ChannelsLast(stored.Integers(name), stored.Tensor(name).Shape), got);
        _checked.Add(name);
    }

    private static double[] ChannelsLast(double[] values, Shape shape) => shape.Rank == 4 ? Layout.ChannelsLast(values, shape) : values;
}
