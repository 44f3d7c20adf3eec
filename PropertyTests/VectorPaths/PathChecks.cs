using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Cpu;

namespace PropertyTests.VectorPaths;

/// <summary>All ops on one vector path against the float64 truth.</summary>
internal static class PathChecks
{
    /// <summary>Cases with their inputs and truths, which all paths share: the naive reference is most of the work.</summary>
    public static IReadOnlyList<PathCase> Prepare(IEnumerable<OpCase> cases) => [.. cases.SelectMany(Draw)];

    /// <summary>Fails on the first element beyond its bound; small integers leave no bound at all. Then NaN and infinities.</summary>
    /// <returns>The number of elements compared.</returns>
    public static long Run<T>(VectorPath? path, IReadOnlyList<PathCase> cases)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using Subject<T> subject = new(new CpuBackend<T>(2, path));
        Judge judge = new(subject);
        SpecialValuesLaw special = new();
        foreach (PathCase one in cases)
        {
            Run run = subject.Run(one.Case, one.Inputs);
            Assert.True((run.Overrun ?? run.Unwritten ?? run.Changed) is null, $"{one.Case} on {path}: {run.Overrun ?? run.Unwritten ?? run.Changed}");
            bool exactly = one.Exactly && subject.AccuracyOf(one.Case).WinogradTile == 0;
            judge.Compare(one.Case, run, one.Truth, exactly);
            Assert.True(judge.Failure is null, $"{one.Case} on {path}: {judge.Failure}");
            LawOutcome outcome = one.Exactly ? LawOutcome.Passed : special.Check(one.Case, subject);
            Assert.True(outcome.Verdict != Verdict.Failed, $"{one.Case} on {path}: {outcome.Message}");
        }

        Assert.True(judge.NotZero * 2 > judge.Compared, "Mistrusted: most results are zero.");
        return judge.Compared;
    }

    private static IEnumerable<PathCase> Draw(OpCase one)
    {
        foreach (ValueClass values in new[] { ValueClass.Normal, ValueClass.Integers })
        {
            CaseData inputs = one.Draw(values);
            yield return new PathCase(one, inputs, new Truth(one, inputs, Truth.Loops), Exactly: values == ValueClass.Integers && one.IsExactOnIntegers);
        }
    }
}
