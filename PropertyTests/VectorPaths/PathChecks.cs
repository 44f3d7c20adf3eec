using System.Numerics;
using Msr.Core.Numerics;
using Msr.Cpu;
using PropertyTests.Ops;

namespace PropertyTests.VectorPaths;

/// <summary>All ops on one vector path against the float64 truth.</summary>
internal static class PathChecks
{
    private static readonly RandomStream s_seed = new RandomStream(7).Split("vector-paths");

    /// <summary>Fails on the first element beyond its bound; small integers leave no bound at all.</summary>
    /// <returns>The number of elements compared.</returns>
    public static long Run<T>(VectorPath? path, IEnumerable<OpCase> cases)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using CpuBackend<T> backend = new(2, path);
        Judge judge = new(new Subject<T>(backend));
        foreach (OpCase one in cases)
        {
            RandomStream stream = s_seed.Split(one.Text);
            judge.Check(one, CaseData.Draw(one, stream, ValueClass.Normal));
            judge.Check(one, CaseData.Draw(one, stream, ValueClass.Integers), exactly: one.IsExactOnIntegers);
        }

        Assert.True(judge.NotZero * 2 > judge.Compared, "Mistrusted: most results are zero.");
        return judge.Compared;
    }
}
