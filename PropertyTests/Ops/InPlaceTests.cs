using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>An elementwise op may write exactly over an operand it reads.</summary>
public sealed class InPlaceTests
{
    public static TheoryData<string, string, string, string> EveryBackendAndPlace { get; } = Places();

    [Theory]
    [MemberData(nameof(EveryBackendAndPlace))]
    public void Writing_over_an_input_gives_the_same_bits(string backend, string kind, string source, string destination)
    {
        for (ulong i = 0; i < 8; i++)
        {
            RandomStream stream = new RandomStream(20_260_822).Split(kind).Split(i);
            OpCase opCase = OpCases.Generate(kind, stream);
            CaseData data = CaseData.Draw(opCase, stream, ValueClass.Normal);
            double[] apart = Backends.Named(backend).Run(opCase, data).Reals[destination];
            double[] inPlace = Backends.Named(backend).Run(opCase, data, (source, destination)).Reals[source];
            Assert.True(apart.AsSpan().SequenceEqual(inPlace), opCase.Text);
        }
    }

    private static TheoryData<string, string, string, string> Places()
    {
        TheoryData<string, string, string, string> places = [];
        foreach (string backend in Backends.Names)
        {
            places.Add(backend, Add<double>.Kind, "a", "y");
            places.Add(backend, Add<double>.Kind, "b", "y");
            places.Add(backend, BiasAdd<double>.Kind, "x", "y");
            places.Add(backend, ReluForward<double>.Kind, "x", "y");
            places.Add(backend, ReluBackward<double>.Kind, "dy", "dx");
            places.Add(backend, NoiseApply<double>.Kind, "x", "y");
        }

        return places;
    }
}
