using System.Numerics;
using Msr.Cpu.Parameters;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Epilogues;

/// <summary>What is done with every piece of an op's result as soon as it is there. Whether it is done so, or op by op, does not change a bit.</summary>
/// <param name="steps">The steps, in order.</param>
/// <param name="count">How many.</param>
internal readonly unsafe struct Tail<S, V, T>(TailStep<S, V, T>* steps, int count)
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The most steps.</summary>
    public const int MostSteps = 4;

    private readonly TailStep<S, V, T>* _steps = steps;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => count == 0;

    /// <summary>What the first steps are together, where a kernel may do it in registers.</summary>
    /// <param name="y">The result.</param>
    /// <param name="other">What is read beside it.</param>
    /// <param name="rest">The steps that are left.</param>
    public FinishKind FinishOf(T* y, out T* other, out Tail<S, V, T> rest)
    {
        (FinishKind kind, int done) = (FinishKind.None, 0);
        other = null;
        if (count >= 1 && _steps[0].Rectifies(y))
        {
            (kind, done) = (FinishKind.Rectified, 1);
        }
        else if (count >= 1 && _steps[0].Gates(y, out other))
        {
            (kind, done) = (FinishKind.Gated, 1);
        }
        else if (count >= 2 && _steps[0].AddsTo(y, out other) && _steps[1].Rectifies(y))
        {
            (kind, done) = (FinishKind.RectifiedSum, 2);
        }

        rest = new Tail<S, V, T>(_steps + done, count - done);
        return kind;
    }

    /// <summary>Whether it is the descent along a gradient, and nothing else.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="descent">The descent.</param>
    public bool IsDescentBy(T* gradient, out SgdOps<S, V, T>.Job descent)
    {
        descent = default;
        return count == 1 && _steps[0].Descends(gradient, out descent);
    }

    /// <summary>Runs the steps on some elements.</summary>
    /// <param name="begin">The first element of the result.</param>
    /// <param name="end">The element after the last.</param>
    public void Run(nint begin, nint end)
    {
        for (int i = 0; i < count; i++)
        {
            _steps[i].Run(begin, end);
        }
    }
}
