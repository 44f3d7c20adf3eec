using System.Numerics;
using Msr.Core.Numerics;
using Msr.Cpu;
using PropertyTests.Ops;

namespace PropertyTests.VectorPaths;

/// <summary>All ops on one vector path against the float64 truth.</summary>
internal static class PathChecks
{
    private static readonly RandomStream s_seed = new RandomStream(7).Split("vector-paths");

    /// <summary>Cases with their inputs and truths, which all paths share: the naive reference is most of the work.</summary>
    public static IReadOnlyList<PathCase> Prepare(IEnumerable<OpCase> cases) => [.. cases.SelectMany(Draw)];

    /// <summary>Fails on the first element beyond its bound; small integers leave no bound at all.</summary>
    /// <returns>The number of elements compared.</returns>
    public static long Run<T>(VectorPath? path, IReadOnlyList<PathCase> cases)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using CpuBackend<T> backend = new(2, path);
        Judge judge = new(new Subject<T>(backend));
        foreach (PathCase one in cases)
        {
            judge.Check(one.Case, one.Inputs, one.Truth, one.Exactly);
        }

        Assert.True(judge.NotZero * 2 > judge.Compared, "Mistrusted: most results are zero.");
        return judge.Compared;
    }

    private static IEnumerable<PathCase> Draw(OpCase one)
    {
        RandomStream stream = s_seed.Split(one.Text);
        foreach (ValueClass values in new[] { ValueClass.Normal, ValueClass.Integers })
        {
            CaseData inputs = CaseData.Draw(one, stream, values);
            yield return new PathCase(one, inputs, new Truth(one, inputs), Exactly: values == ValueClass.Integers && one.IsExactOnIntegers);
        }
    }
}
