using Msr.Core.Numerics;
using Msr.Core.Ops;
using Xunit.Abstractions;

namespace PropertyTests.Ops;

/// <summary>Every op on every backend against the float64 truth, element by element, within derived bounds.</summary>
public sealed class BackendAgreementTests(ITestOutputHelper output)
{
    private const int CasesPerClass = 12;

    private static readonly RandomStream s_seed = new RandomStream(20_260_822).Split("op-cases");

    public static TheoryData<string, string> EveryBackendAndOp { get; } = Pairs();

    [Fact]
    public void The_op_table_has_every_kind_of_op()
    {
        IEnumerable<string?> kinds = typeof(Op<>).Assembly.GetTypes()
            .Where(static type => type is { IsGenericType: true, IsAbstract: false } && type.BaseType is { IsGenericType: true } parent
                && parent.GetGenericTypeDefinition() == typeof(Op<>))
            .Select(static type => (string?)type.GetField("Kind")?.GetRawConstantValue());
        Assert.Equal(kinds.Order(StringComparer.Ordinal), OpCases.Generators.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(EveryBackendAndOp))]
    public void Results_stay_within_the_bound_of_the_op(string backend, string kind)
    {
        Judge judge = new(Backends.Named(backend));
        foreach ((OpCase opCase, CaseData data) in Cases(kind, ValueClass.Normal, ValueClass.CommonMode))
        {
            judge.Check(opCase, data);
        }

        Report(judge, kind);
    }

    [Theory]
    [MemberData(nameof(EveryBackendAndOp))]
    public void Small_integers_give_exact_results_where_the_op_only_adds_and_multiplies(string backend, string kind)
    {
        Judge judge = new(Backends.Named(backend));
        foreach ((OpCase opCase, CaseData data) in Cases(kind, ValueClass.Integers))
        {
            judge.Check(opCase, data, exactly: opCase.IsExactOnIntegers);
        }

        Report(judge, kind);
    }

    [Theory]
    [MemberData(nameof(EveryBackendAndOp))]
    public void The_same_op_on_the_same_data_gives_the_same_bits_again(string backend, string kind)
    {
        Subject subject = Backends.Named(backend);
        foreach ((OpCase opCase, CaseData data) in Cases(kind, ValueClass.Normal).Take(4))
        {
            CaseData first = subject.Run(opCase, data), second = subject.Run(opCase, data);
            Assert.All(first.Reals, pair => Assert.True(pair.Value.AsSpan().SequenceEqual(second.Reals[pair.Key]), opCase.Text));
            Assert.All(first.Integers, pair => Assert.Equal(pair.Value, second.Integers[pair.Key]));
        }
    }

    [Theory]
    [MemberData(nameof(EveryBackendAndOp))]
    public void Every_op_is_supported(string backend, string kind) =>
        Assert.True(Backends.Named(backend).Supports(OpCases.Generate(kind, s_seed)));

    private static IEnumerable<(OpCase Case, CaseData Data)> Cases(string kind, params ValueClass[] classes)
    {
        foreach (ValueClass valueClass in classes)
        {
            for (int i = 0; i < CasesPerClass; i++)
            {
                RandomStream stream = s_seed.Split(kind).Split((ulong)i);
                OpCase opCase = OpCases.Generate(kind, stream);
                yield return (opCase, CaseData.Draw(opCase, stream, valueClass));
                if (opCase.Accumulating is { } accumulating)
                {
                    yield return (accumulating, CaseData.Draw(accumulating, stream, valueClass));
                }
            }
        }
    }

    private static TheoryData<string, string> Pairs()
    {
        TheoryData<string, string> pairs = [];
        foreach (string backend in Backends.Names)
        {
            foreach (string kind in OpCases.Generators.Keys)
            {
                pairs.Add(backend, kind);
            }
        }

        return pairs;
    }

    /// <summary>A check whose results are mostly zero proves nothing and is not trusted.</summary>
    private void Report(Judge judge, string kind)
    {
        output.WriteLine($"{kind}: {judge.Compared} elements, worst error/bound {judge.WorstRatio:F3}.");
        Assert.True(judge.NotZero * 10 >= judge.Compared, $"{kind}: mistrusted, only {judge.NotZero} of {judge.Compared} results differ from 0.");
    }
}
