using Msr.Core.Numerics;

namespace PropertyTests.Ops;

/// <summary>Draws from a stream one after another.</summary>
internal sealed class Draws(RandomStream stream)
{
    private ulong _position;

    /// <summary>Whether extents go beyond the widest vector and leave every kind of remainder; differences need smaller ones.</summary>
    public bool Wide { get; init; }

    /// <summary>Standard normal numbers, exactly representable in float32.</summary>
    public static double[] Normals(RandomStream stream, int count)
    {
        Draws draws = new(stream);
        return [.. Enumerable.Range(0, count).Select(_ => draws.Real(ValueClass.Normal))];
    }

    public int Between(int least, int most) => least + stream.Below(_position++, most - least + 1);

    /// <summary>A number of channels.</summary>
    public int Channels() => Wide ? OneOf(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33) : Between(1, 3);

    /// <summary>What an extent has beyond the least that is valid.</summary>
    public int Room() => Between(0, Wide ? 9 : 3);

    public bool Flag() => Between(0, 1) == 1;

    public TItem OneOf<TItem>(params ReadOnlySpan<TItem> items) => items[Between(0, items.Length - 1)];

    /// <summary>A number of a class; exactly representable in float32, so that every backend gets the same one.</summary>
    public double Real(ValueClass valueClass) => valueClass switch
    {
        ValueClass.Integers => Between(-4, 4),
        ValueClass.Normal => (float)Normal(),
        _ => (float)(100 + Normal()),
    };

    /// <summary>A number between two bounds, exactly representable in float32.</summary>
    public double Real(double least, double most) => (float)(least + ((most - least) * stream.Split("real").Uniform(_position++)));

    private double Normal()
    {
        RandomStream pair = stream.Split("normal");
        double radius = Math.Sqrt(-2 * Math.Log(1 - pair.Uniform(_position++)));
        return radius * Math.Cos(2 * Math.PI * pair.Uniform(_position++));
    }
}
