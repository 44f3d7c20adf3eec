using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Stored;

/// <summary>A stored case on its way through a backend: inputs go in channels last, results come back and are compared as stored.</summary>
/// <param name="stored">The case.</param>
/// <param name="subject">The backend.</param>
internal sealed class StoredRun(StoredCase stored, Subject subject)
{
    private readonly Rounding _rounding = Rounding.Of(subject.Info.Accuracy);
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);

    /// <summary>The case.</summary>
    public StoredCase Stored => stored;

    /// <summary>Its attributes.</summary>
    public StoredAttributes Attributes => stored.Attributes;

    /// <summary>The backend.</summary>
    public Subject Subject => subject;

    /// <summary>The judge, which also counts.</summary>
    public Judge Judge { get; } = new(subject);

    /// <summary>The failure beside elements: memory, integers, relative errors of whole tensors.</summary>
    public string? Failure { get; private set; }

    /// <summary>The largest relative error of a whole tensor, as a multiple of what is allowed.</summary>
    public double WorstTensor { get; private set; }

    /// <summary>Results that nothing was compared with.</summary>
    public IEnumerable<string> Unchecked => stored.Tensors.Where(tensor => tensor.IsResult && !_checked.Contains(tensor.Name)).Select(static tensor => tensor.Name);

    /// <summary>Whether there is a tensor of a name.</summary>
    public bool Has(string name) => stored.Has(name);

    /// <summary>The shape of a tensor, channels first as stored.</summary>
    public Shape Shape(string name) => stored.Tensor(name).Shape;

    /// <summary>The shape of a tensor that must have a rank.</summary>
    public Shape Shape(string name, int rank) => Shape(name) is var shape && shape.Rank == rank
        ? shape
        : throw new UnsupportedCaseException($"{stored.Op} of tensors of rank {Shape(name).Rank}");

    /// <summary>The elements of a tensor, channels last.</summary>
    public double[] Values(string name) => Layout.ChannelsLast(stored.Reals(name), Shape(name));

    /// <summary>The elements of a tensor, channels last; where there is none, as many numbers of one value.</summary>
    public double[] Values(string name, int length, double absent) => Has(name) ? Values(name) : [.. Enumerable.Repeat(absent, length)];

    /// <summary>Skips a case with attributes that nothing here computes.</summary>
    public void AllowOnly(params IReadOnlyCollection<string> known)
    {
        if (Attributes.Unknown(known).FirstOrDefault() is { } name)
        {
            throw new UnsupportedCaseException($"{stored.Op} with the attribute '{name}'");
        }
    }

    /// <summary>Runs an op on the subject. What it does to memory counts too.</summary>
    public CaseData Run(IOpSource source, CaseData inputs)
    {
        Run run = subject.Run(source, inputs);
        Failure ??= run.Overrun is { } overrun ? $"{overrun} was written to"
            : run.Unwritten is { } unwritten ? $"{unwritten} was not written"
            : run.Changed is { } changed ? $"the input {changed} was changed" : null;
        return run.Outputs;
    }

    /// <summary>A bound for the subject, and once more for the float64 that computed what is stored.</summary>
    public double[] Twice(Func<Rounding, double[]> bound) => [.. bound(_rounding).Zip(bound(Rounding.OfStored), static (own, other) => own + other)];

    /// <summary>|got − stored| ≤ γ_n·absdot, plus the same of the stored result.</summary>
    /// <param name="name">The result.</param>
    /// <param name="got">What came out, channels last.</param>
    /// <param name="length">The number of terms of an element, where the case does not say.</param>
    /// <param name="weights">The sum of their absolute values, channels last, where the case does not say.</param>
    public void CheckSum(string name, double[] got, int length, Func<double[]> weights)
    {
        double[] m = Has($"{name}.absdot") ? Values($"{name}.absdot") : weights();
        int n = stored.Tensor(name).ReductionLength ?? length;
        Check(name, got, Twice(rounding => Array.ConvertAll(m, weight => (rounding.Products(n) * weight) + (n * rounding.Underflow))));
    }

    /// <summary>Compares with the bound of the op itself.</summary>
    public void CheckOp(string name, OpCase opCase, CaseData inputs, CaseData outputs, string operand)
    {
        if (Has(name))
        {
            Truth truth = new(opCase, inputs, subject);
            Check(name, outputs.Reals[operand], Twice(rounding => opCase.Bound(operand, truth, rounding)));
        }
    }

    /// <summary>Compares with a bound, both channels last; does nothing where the case stores no such result.</summary>
    public void Check(string name, double[] got, double[] bound)
    {
        if (Has(name))
        {
            CheckAsStored(name, Layout.ChannelsFirst(got, Shape(name)), Layout.ChannelsFirst(bound, Shape(name)));
        }
    }

    /// <summary>Compares with a bound, both in the stored order; does nothing where the case stores no such result.</summary>
    public void CheckAsStored(string name, double[] got, double[] bound)
    {
        if (!Has(name))
        {
            return;
        }

        double[] expected = stored.Reals(name);
        if (expected.Length != got.Length)
        {
            throw new StoredFormatException($"the tensor '{name}' has {expected.Length} elements; the op has {got.Length}");
        }

        Judge.Compare(name, got, expected, bound);
        _checked.Add(name);
    }

    /// <summary>Compares integers, channels last; does nothing where the case stores no such result.</summary>
    public void CheckIntegers(string name, int[] got)
    {
        if (Has(name))
        {
            double[] real = Array.ConvertAll(got, Convert.ToDouble);
            Check(name, real, new double[real.Length]);
        }
    }

    /// <summary>Compares a whole tensor in the stored order by its relative L2 error; does nothing where the case stores no such result.</summary>
    public void CheckTensor(string name, ReadOnlySpan<double> got, double allowed)
    {
        if (!Has(name))
        {
            return;
        }

        double[] expected = stored.Reals(name);
        double squares = 0, size = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            squares += (got[i] - expected[i]) * (got[i] - expected[i]);
            size += expected[i] * expected[i];
        }

        double error = squares == 0 ? 0 : Math.Sqrt(squares / size);
        if (!(error <= allowed))
        {
            Failure ??= $"'{name}' has a relative L2 error of {error:G4}, allowed is {allowed:G4}: error/bound {error / allowed:G4}";
        }

        WorstTensor = Math.Max(WorstTensor, error / allowed is var ratio && ratio <= 1 ? ratio : 0);
        _checked.Add(name);
    }
}

/// <summary>The edge between stored cases (NCHW, OIHW) and Msr (NHWC, KRSC): axis 1 goes last or comes back.</summary>
internal static class Layout
{
    /// <summary>[N, C, …] to [N, …, C]: activations and filters alike.</summary>
    public static E[] ChannelsLast<E>(E[] values, Shape channelsFirst) => Move(values, channelsFirst, static (first, last) => (last, first));

    /// <summary>[N, …, C] to [N, C, …].</summary>
    public static E[] ChannelsFirst<E>(E[] values, Shape channelsFirst) => Move(values, channelsFirst, static (first, last) => (first, last));

    /// <summary>The shape of a tensor with channels last, of rank 2 or 4.</summary>
    public static Shape ChannelsLast(Shape channelsFirst) => channelsFirst.Rank switch
    {
        2 => channelsFirst,
        3 => new Shape(channelsFirst[0], channelsFirst[2], 1, channelsFirst[1]),
        4 => new Shape(channelsFirst[0], channelsFirst[2], channelsFirst[3], channelsFirst[1]),
        _ => throw new UnsupportedCaseException($"tensors of rank {channelsFirst.Rank}"),
    };

    private static E[] Move<E>(E[] values, Shape shape, Func<int, int, (int To, int From)> places)
    {
        if (shape.Rank < 3)
        {
            return values;
        }

        (int n, int c) = (shape[0], shape[1]);
        int plane = checked((int)(shape.Length / n / c));
        E[] moved = new E[values.Length];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < c; j++)
            {
                for (int k = 0; k < plane; k++)
                {
                    (int to, int from) = places((((i * c) + j) * plane) + k, (((i * plane) + k) * c) + j);
                    moved[to] = values[from];
                }
            }
        }

        return moved;
    }
}
