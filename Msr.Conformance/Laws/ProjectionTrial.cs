using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>Slices [outer, taps, inner] on which the laws of the projection are tried.</summary>
internal sealed class ProjectionTrial
{
    private readonly OpCase _project;
    private readonly Subject _subject;

    public ProjectionTrial(OpCase project, Subject subject, ValueClass values)
    {
        (_project, _subject) = (project, subject);
        (Outer, Taps, Inner) = (project.Parameters["o"], project.Parameters["t"], project.Parameters["i"]);
        Exactly = values == ValueClass.Integers && project.IsExactOnIntegers;
        X = CaseData.Draw(project, values).Reals["x"];
        OpCase another = (OpCase)project.Entry.Create(project.Descriptor with { Seed = project.Descriptor.Seed + 1 });
        Other = CaseData.Draw(another, values).Reals["x"];
    }

    public int Outer { get; }

    public int Taps { get; }

    public int Inner { get; }

    /// <summary>Whether every result is exact.</summary>
    public bool Exactly { get; }

    public double[] X { get; }

    public double[] Other { get; }

    public double Round(double value) => _subject.Round(value);

    public double[] Project(double[] x) => _subject.Run(_project, new CaseData { Reals = { ["x"] = x } }).Outputs.Reals["x"];

    /// <summary>B(x): how far each element may be from the exact projection.</summary>
    public double[] Bound(double[] x) => new Judge(_subject).TotalBound(_project, "x", new Truth(_project, new CaseData { Reals = { ["x"] = x } }));

    /// <summary>G = γ_{n+2}·avg|x| + u·avg|P̂x| for every element's slice, and an underflow for every rounding.</summary>
    public double[] OffIsocline(double[] x, double[] projected)
    {
        Bounds.Rounding rounding = new Judge(_subject).Rounding;
        double[] before = Averages(x), after = Averages(projected);
        return [.. x.Select((_, i) => 1.001 * ((rounding.Gamma(Taps + 2) * before[Slice(i)]) + (rounding.U * after[Slice(i)]) + (Taps * rounding.Underflow)))];
    }

    /// <summary>How far the projection moves when every element of x is rounded once: u·(|x| + avg|x|).</summary>
    public double[] Rounding(double[] x)
    {
        Bounds.Rounding rounding = new Judge(_subject).Rounding;
        double[] averages = Averages(x);
        return [.. x.Select((value, i) => (rounding.U * (Math.Abs(value) + averages[Slice(i)])) + (2 * rounding.Underflow))];
    }

    /// <summary>The L2 norm of every slice.</summary>
    public double[] Norms(double[] x)
    {
        double[] squares = new double[Outer * Inner];
        for (int i = 0; i < x.Length; i++)
        {
            squares[Slice(i)] += x[i] * x[i];
        }

        return Array.ConvertAll(squares, Math.Sqrt);
    }

    /// <summary>The elements that stand at permuted places.</summary>
    public double[] Permute(double[] x, Func<int, int, int, (int Outer, int Tap, int Inner)> source) => [.. x.Select((_, i) =>
    {
        (int outer, int tap, int inner) = source(i / (Taps * Inner), i / Inner % Taps, i % Inner);
        return x[(((outer * Taps) + tap) * Inner) + inner];
    })];

    private int Slice(int i) => (i / (Taps * Inner) * Inner) + (i % Inner);

    private double[] Averages(double[] x)
    {
        double[] averages = new double[Outer * Inner];
        for (int i = 0; i < x.Length; i++)
        {
            averages[Slice(i)] += Math.Abs(x[i]) / Taps;
        }

        return averages;
    }
}
