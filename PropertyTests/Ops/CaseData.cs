using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;

namespace PropertyTests.Ops;

/// <summary>The contents of the operands of a case, by name, in float64 whatever the backend computes in.</summary>
internal sealed class CaseData
{
    public Dictionary<string, double[]> Reals { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, int[]> Integers { get; } = new(StringComparer.Ordinal);

    /// <summary>The operands of a case.</summary>
    public static IEnumerable<Operand> Operands(OpCase opCase) => opCase.Build(new HostOperands()).Operands;

    /// <summary>Draws contents for every operand that a case reads; those it only writes have none.</summary>
    public static CaseData Draw(OpCase opCase, RandomStream stream, ValueClass valueClass)
    {
        CaseData data = new();
        foreach (Operand operand in Operands(opCase).Where(static o => o.Access != OperandAccess.Write))
        {
            Draws draws = new(stream.Split(operand.Name));
            if (operand.Memory.ElementType == typeof(int))
            {
                data.Integers[operand.Name] = opCase.Indices(operand.Name, operand.Shape, draws);
            }
            else
            {
                data.Reals[operand.Name] = opCase.Values(operand.Name, operand.Shape, draws, valueClass);
            }
        }

        return data;
    }

    /// <summary>The same integers with other real numbers.</summary>
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
    public CaseData With(string name, double[] values)
    {
        CaseData changed = Select(static (_, value) => value);
        changed.Reals[name] = values;
        return changed;
    }

    private sealed class HostOperands : IOperands<double>
    {
        public TensorRef<double> Real(string name, Shape shape) => new HostMemory<double>(shape.Length).View(0, shape);

        public TensorRef<int> Integer(string name, Shape shape) => new HostMemory<int>(shape.Length).View(0, shape);
    }
}
