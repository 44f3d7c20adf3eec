using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

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
