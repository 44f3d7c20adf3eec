using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Subjects;

/// <summary>The contents of the operands of a case, by name, in float64 whatever the backend computes in.</summary>
public sealed class CaseData
{
    private const int Chunk = 64;

    /// <summary>Operands of real numbers.</summary>
    public Dictionary<string, double[]> Reals { get; } = new(StringComparer.Ordinal);

    /// <summary>Operands of integers.</summary>
    public Dictionary<string, int[]> Integers { get; } = new(StringComparer.Ordinal);

    /// <summary>The operands of a case.</summary>
    /// <param name="opCase">The case.</param>
    public static IEnumerable<Operand> Operands(OpCase opCase)
    {
        ArgumentNullException.ThrowIfNull(opCase);
        return opCase.Build(new HostOperands<double>()).Operands;
    }

    /// <summary>
    /// Draws contents for every operand that a case reads; those it only writes have none. Every 64 elements have a stream of their own: an
    /// element depends on the seed, the operand and its index alone.
    /// </summary>
    /// <param name="opCase">The case.</param>
    /// <param name="values">The value class.</param>
    public static CaseData Draw(OpCase opCase, ValueClass values)
    {
        ArgumentNullException.ThrowIfNull(opCase);
        CaseData data = new();
        RandomStream stream = new(opCase.Descriptor.Seed);
        foreach (Operand operand in Operands(opCase).Where(static o => o.Access != OperandAccess.Write))
        {
            RandomStream own = stream.Split(operand.Name);
            int length = checked((int)operand.Shape.Length);
            if (operand.Memory.ElementType == typeof(int))
            {
                data.Integers[operand.Name] = Draw(length, own, (draws, i) => opCase.Index(operand.Name, i, draws));
            }
            else
            {
                data.Reals[operand.Name] = Draw(length, own, (draws, _) => opCase.Element(operand.Name, draws, values));
            }
        }

        return data;
    }

    /// <summary>The same integers with other real numbers.</summary>
    /// <param name="change">From operand and number to number.</param>
    public CaseData Select(Func<string, double, double> change)
    {
        CaseData changed = new();
        foreach ((string name, double[] values) in Reals)
        {
            changed.Reals[name] = Array.ConvertAll(values, value => change(name, value));
        }

        foreach ((string name, int[] values) in Integers)
        {
            changed.Integers[name] = values;
        }

        return changed;
    }

    /// <summary>The same contents but for one operand.</summary>
    /// <param name="name">The operand.</param>
    /// <param name="values">Its contents.</param>
    public CaseData With(string name, double[] values)
    {
        CaseData changed = new();
        foreach ((string other, double[] own) in Reals)
        {
            changed.Reals[other] = own;
        }

        foreach ((string other, int[] own) in Integers)
        {
            changed.Integers[other] = own;
        }

        changed.Reals[name] = values;
        return changed;
    }

    private static E[] Draw<E>(int length, RandomStream stream, Func<Draws, int, E> draw)
    {
        E[] elements = new E[length];
        Draws draws = new(stream);
        for (int i = 0; i < length; i++)
        {
            draws = i % Chunk == 0 ? new Draws(stream.Split((ulong)(i / Chunk))) : draws;
            elements[i] = draw(draws, i);
        }

        return elements;
    }
}
