using System.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>
/// The executable contract: what training uses. An executable owns its parameters, its optimizer state and its memory, and stores them as
/// it likes; at this edge every tensor is in the layout people exchange: filters [O, I/G, H, W], linear weights [out, in], vectors [n].
/// Interpreter, compiled CPU executor and captured GPU graph all implement it.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public interface IExecutable<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The plan it runs.</summary>
    Plan<T> Plan { get; }

    /// <summary>The bytes it holds, by purpose.</summary>
    MemoryReport Memory { get; }

    /// <summary>Forward, backward, and, when <see cref="StepScalars.Updates"/> says so, reduce, project, clip and update.</summary>
    /// <param name="batch">At most the plan's batch size.</param>
    /// <param name="scalars">What changes from step to step.</param>
    void Step(Batch<T> batch, in StepScalars scalars);

    /// <summary>The forward pass that <see cref="Step"/> uses, noise off. Parameters stay as they are.</summary>
    /// <param name="batch">At most the plan's batch size.</param>
    void Evaluate(Batch<T> batch);

    /// <summary>How many reports of the last batches are kept: <see cref="CompileOptions.KeptReports"/>.</summary>
    int KeptReports { get; }

    /// <summary>
    /// Loss and correct count of the last batches that <see cref="Step"/> or <see cref="Evaluate"/> ran, the oldest first. Waits, once: whoever
    /// reads every k batches lets a device run ahead that far.
    /// </summary>
    /// <param name="reports">Room for at most <see cref="KeptReports"/>, and no more than batches have run.</param>
    void Read(Span<StepReport> reports);

    /// <summary>The logits of the last batch, [n, classes]. Waits.</summary>
    /// <param name="logits">Room for n·classes elements.</param>
    void ReadLogits(Span<T> logits);

    /// <summary>Reads one tensor. Waits.</summary>
    /// <param name="name">The name of a parameter of the plan.</param>
    /// <param name="part">The parameter itself, its gradient after the last step, or its optimizer state.</param>
    /// <param name="destination">As many elements as the parameter has, in exchange layout.</param>
    /// <exception cref="KeyNotFoundException">The plan has no such parameter, or it has no such part.</exception>
    void ReadParameter(string name, ParameterPart part, Span<T> destination);

    /// <summary>Writes one tensor.</summary>
    /// <param name="name">The name of a parameter of the plan.</param>
    /// <param name="part">The parameter itself or its optimizer state.</param>
    /// <param name="source">As many elements as the parameter has, in exchange layout.</param>
    /// <exception cref="KeyNotFoundException">The plan has no such parameter, or it has no such part.</exception>
    void WriteParameter(string name, ParameterPart part, ReadOnlySpan<T> source);

    /// <summary>Projects every kernel that started on the isocline and is held there onto it again: rounding drift goes back to zero.</summary>
    void Recentre();
}
