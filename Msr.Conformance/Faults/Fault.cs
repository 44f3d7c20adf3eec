using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>
/// A known defect that a kernel could have: which ops it spoils, and how. It has no state of its own; what it must remember from run to run
/// lives in the <see cref="FaultyBackend{T}"/>, so one fault may be planted in many backends.
/// </summary>
public abstract class Fault
{
    /// <summary>Describes a fault.</summary>
    /// <param name="name">The name, in kebab case.</param>
    /// <param name="defect">What is wrong, in one sentence without its full stop.</param>
    /// <param name="kinds">The kinds of op it spoils; a last <c>*</c> stands for any ending.</param>
    protected Fault(string name, string defect, params ReadOnlySpan<string> kinds) => (Name, Defect, Kinds) = (name, defect, [.. kinds]);

    /// <summary>The name, in kebab case.</summary>
    public string Name { get; }

    /// <summary>The defect, in one sentence without its full stop.</summary>
    public string Defect { get; }

    /// <summary>The kinds of op it spoils; a last <c>*</c> stands for any ending.</summary>
    public ImmutableArray<string> Kinds { get; }

    /// <summary>Whether the defect shows on several threads only.</summary>
    public virtual bool NeedsThreads => false;

    /// <summary>Whether every op is right by itself and only several in a row go wrong, so that laws of steps alone can tell.</summary>
    public virtual bool NeedsSteps => false;

    /// <summary>Whether the fault spoils a kind of op.</summary>
    /// <param name="kind">The kind.</param>
    public bool Affects(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return Kinds.Any(pattern => pattern.EndsWith('*') ? kind.StartsWith(pattern[..^1], StringComparison.Ordinal) : kind == pattern);
    }

    /// <summary>Runs an op of an affected kind as the defective kernel would.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="run">The op, the sound backend below, and what is remembered.</param>
    public abstract void Run<T>(FaultyRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Compiles as the defective backend would: to the interpreter, unless it is whole steps that go wrong.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="interpreter">The interpreter on the faulty backend.</param>
    public virtual IExecutable<T> Compile<T>(IExecutable<T> interpreter)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => interpreter;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A fault by which a kernel computes with something else than it was given: rounded, shifted, or nothing.</summary>
/// <param name="name">The name.</param>
/// <param name="defect">What is wrong.</param>
/// <param name="which">Which of the operands that the op reads, or adds to.</param>
/// <param name="change">Changes their contents in place, knowing their shape.</param>
/// <param name="kinds">The kinds of op.</param>
internal sealed class ChangedInput(string name, string defect, Func<Operand, bool> which, Action<double[], Shape> change, params string[] kinds)
    : Fault(name, defect, kinds)
{
    public override void Run<T>(FaultyRun<T> run)
    {
        List<(Operand, double[])> changed = [];
        foreach (Operand operand in run.Op.Operands.Where(operand => operand.Access != OperandAccess.Write && which(operand)))
        {
            double[] values = run.Read(operand);
            change(values, operand.Shape);
            changed.Add((operand, values));
        }

        run.PassWith(changed);
    }
}

/// <summary>A fault that spoils a result after it was computed.</summary>
/// <param name="name">The name.</param>
/// <param name="defect">What is wrong.</param>
/// <param name="change">From what each operand held before the run and one written operand's result to that result as the fault leaves it.</param>
/// <param name="kinds">The kinds of op.</param>
internal sealed class ChangedOutput(string name, string defect, ChangedOutput.Change change, params string[] kinds) : Fault(name, defect, kinds)
{
    /// <summary>Spoils one result in place.</summary>
    /// <param name="before">What an operand held before the run.</param>
    /// <param name="operand">The result.</param>
    /// <param name="values">Its numbers.</param>
    public delegate void Change(Func<string, double[]> before, Operand operand, double[] values);

    public override void Run<T>(FaultyRun<T> run)
    {
        Dictionary<string, double[]> before = run.Op.Operands.ToDictionary(
            static operand => operand.Name, operand => run.Read(operand), StringComparer.Ordinal);
        run.Pass();
        foreach (Operand operand in run.Op.Operands.Where(static operand => operand.Access != OperandAccess.Read))
        {
            double[] values = run.Read(operand);
            change(name => before[name], operand, values);
            run.Write(operand, values);
        }
    }
}
