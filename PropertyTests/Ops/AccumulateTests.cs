using Msr.Core.Numerics;

namespace PropertyTests.Ops;

/// <summary>y ← y + f(…) is the old value plus the fresh one.</summary>
public sealed class AccumulateTests
{
    private static readonly RandomStream s_seed = new RandomStream(20_260_822).Split("accumulate");

    public static TheoryData<string, string> EveryBackendAndAccumulatingOp { get; } = Pairs();

    /// <summary>
    /// The fresh result has the error of the op, the accumulating one that error with one more rounding: they cannot differ by more than the
    /// sum of both bounds, which already covers the rounding of old + fresh. On integers both are exact, and so is their agreement.
    /// </summary>
    [Theory]
    [MemberData(nameof(EveryBackendAndAccumulatingOp))]
    public void An_accumulating_op_adds_what_it_would_have_written(string backend, string kind)
    {
        Subject subject = Backends.Named(backend);
        Rounding rounding = Rounding.Of(subject.Info.Accuracy);
        foreach (ValueClass valueClass in new[] { ValueClass.Integers, ValueClass.Normal })
        {
            for (ulong i = 0; i < 10; i++)
            {
                RandomStream stream = s_seed.Split(kind).Split(i);
                OpCase writing = OpCases.Generate(kind, stream), adding = writing.Accumulating!;
                CaseData data = CaseData.Draw(adding, stream, valueClass);
                CaseData fresh = subject.Run(writing, data), sum = subject.Run(adding, data);
                string destination = CaseData.Operands(adding).Single(static o => o.Access == Msr.Core.Ops.OperandAccess.Accumulate).Name;
                double[] bound = adding.Bound(destination, new Truth(adding, data), rounding);
                bool exact = valueClass == ValueClass.Integers && writing.IsExactOnIntegers;
                for (int e = 0; e < bound.Length; e++)
                {
                    double expected = subject.Round(data.Reals[destination][e] + fresh.Reals[destination][e]);
                    double allowed = exact || bound[e] == 0 ? 0 : 2 * bound[e];
                    Assert.True(Math.Abs(sum.Reals[destination][e] - expected) <= allowed, $"{adding.Text}: '{destination}'[{e}]");
                }
            }
        }
    }

    private static TheoryData<string, string> Pairs()
    {
        TheoryData<string, string> pairs = [];
        foreach (string kind in OpCases.Generators.Keys.Where(static kind => OpCases.Generate(kind, s_seed).Accumulating is not null))
        {
            foreach (string backend in Backends.Names)
            {
                pairs.Add(backend, kind);
            }
        }

        return pairs;
    }
}
