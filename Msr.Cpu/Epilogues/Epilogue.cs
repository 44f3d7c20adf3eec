using System.Numerics;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Epilogues;

/// <summary>An epilogue: the elementwise ops that follow, run on every piece of an op's result as soon as it is there. The bits are those of the ops one by one.</summary>
/// <param name="steps">The steps, in order.</param>
/// <param name="count">How many.</param>
internal readonly unsafe struct Epilogue<S, V, T>(EpilogueStep<S, V, T>* steps, int count)
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly EpilogueStep<S, V, T>* _steps = steps;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => count == 0;

    /// <summary>The first steps as one epilogue in registers, where a kernel has it.</summary>
    /// <param name="y">The result.</param>
    /// <param name="other">What is read beside it.</param>
    /// <param name="rest">The steps that are left.</param>
    public RegisterEpilogue InRegisters(T* y, out T* other, out Epilogue<S, V, T> rest)
    {
        (RegisterEpilogue kind, int done) = (RegisterEpilogue.None, 0);
        other = null;
        if (count >= 1 && _steps[0].IsRelu(y))
        {
            (kind, done) = (RegisterEpilogue.Relu, 1);
        }
        else if (count >= 1 && _steps[0].Gates(y, out other))
        {
            (kind, done) = (RegisterEpilogue.Gated, 1);
        }
        else if (count >= 2 && _steps[0].AddsTo(y, out other) && _steps[1].IsRelu(y))
        {
            (kind, done) = (RegisterEpilogue.ReluOfSum, 2);
        }

        rest = new Epilogue<S, V, T>(_steps + done, count - done);
        return kind;
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

/// <summary>The limits of all epilogues.</summary>
internal static class Epilogue
{
    /// <summary>The most steps: kernels keep them on the stack.</summary>
    public const int MostSteps = 4;
}
