using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/elementwise.h: elementwise ops.</summary>
/// <param name="launcher">The launcher.</param>
internal sealed class ElementwiseKernels(KernelLauncher launcher)
{
    private readonly Kernel _fill = launcher.Find("fill", "puf");
    private readonly Kernel _copy = launcher.Find("copy", "ppuu");
    private readonly Kernel _add = launcher.Find("add", "pppu");
    private readonly Kernel _addRelu = launcher.Find("add_relu", "pppu");
    private readonly Kernel _scale = launcher.Find("scale", "ppu");
    private readonly Kernel _reluForward = launcher.Find("relu_forward", "ppu");
    private readonly Kernel _reluBackward = launcher.Find("relu_backward", "pppuu");
    private readonly Kernel _reluBackwardCopy = launcher.Find("relu_backward_copy", "ppppu");

    /// <summary>y = value.</summary>
    public void Fill(Fill<float> op)
    {
        uint count = KernelLauncher.Count(op.Y);
        launcher.Run(_fill, Blocks(count), CudaMemory<float>.AddressOf(op.Y), count, op.Value);
    }

    /// <summary>y = x, or y ← y + x.</summary>
    public void Copy(Copy<float> op)
    {
        uint count = KernelLauncher.Count(op.Y);
        launcher.Run(_copy, Blocks(count), CudaMemory<float>.AddressOf(op.Y), CudaMemory<float>.AddressOf(op.X), count, op.Accumulate);
    }

    /// <summary>y = a + b.</summary>
    public void Add(Add<float> op) => Pair(_add, op.A, op.B, op.Y);

    /// <summary>y = s &lt; 0 ? 0 : s with s = a + b: <see cref="Add{T}"/> and <see cref="ReluForward{T}"/> in one pass, the same bits.</summary>
    /// <param name="add">The sum.</param>
    /// <param name="relu">The ReLU, whose input is the sum.</param>
    /// <exception cref="ArgumentException">The ReLU reads another tensor.</exception>
    public void AddRelu(Add<float> add, ReluForward<float> relu)
    {
        if (relu.X != add.Y)
        {
            throw new ArgumentException("A sum and a ReLU can be fused only where the ReLU reads the sum.", nameof(relu));
        }

        Pair(_addRelu, add.A, add.B, relu.Y);
    }

    /// <summary>x ← factor·x.</summary>
    public void Scale(Scale<float> op)
    {
        uint count = KernelLauncher.Count(op.X);
        launcher.Run(_scale, Blocks(count), CudaMemory<float>.AddressOf(op.X), CudaMemory<float>.AddressOf(op.Factor), count);
    }

    /// <summary>y = x &lt; 0 ? 0 : x.</summary>
    public void ReluForward(ReluForward<float> op)
    {
        uint count = KernelLauncher.Count(op.Y);
        launcher.Run(_reluForward, Blocks(count), CudaMemory<float>.AddressOf(op.Y), CudaMemory<float>.AddressOf(op.X), count);
    }

    /// <summary>dx = y &gt; 0 ? dy : 0.</summary>
    public void ReluBackward(ReluBackward<float> op)
    {
        uint count = KernelLauncher.Count(op.Dx);
        launcher.Run(
            _reluBackward,
            Blocks(count),
            CudaMemory<float>.AddressOf(op.Dx),
            CudaMemory<float>.AddressOf(op.Y),
            CudaMemory<float>.AddressOf(op.Dy),
            count,
            op.Accumulate);
    }

    /// <summary>Whether a ReLU gradient and its copy can be fused: the copy may overlap an input only where it is that input.</summary>
    /// <param name="relu">The gradient.</param>
    /// <param name="copy">The copy.</param>
    public static bool CopiesGradient(ReluBackward<float> relu, Copy<float> copy) =>
        !relu.Accumulate && !copy.Accumulate && copy.X == relu.Dx && AreDisjoint(copy.Y, relu.Dx)
            && (copy.Y == relu.Y || AreDisjoint(copy.Y, relu.Y)) && (copy.Y == relu.Dy || AreDisjoint(copy.Y, relu.Dy));

    /// <summary>
    /// dx = y &gt; 0 ? dy : 0 into two tensors: <see cref="ReluBackward{T}"/> and <see cref="Copy{T}"/> in one pass, the same bits.
    /// </summary>
    /// <param name="relu">The gradient.</param>
    /// <param name="copy">Its copy.</param>
    /// <exception cref="ArgumentException"><see cref="CopiesGradient"/> does not hold for the two.</exception>
    public void ReluBackwardCopy(ReluBackward<float> relu, Copy<float> copy)
    {
        if (!CopiesGradient(relu, copy))
        {
            throw new ArgumentException("A ReLU gradient and a copy can be fused only where the copy reads that gradient and overwrites no other input.", nameof(copy));
        }

        uint count = KernelLauncher.Count(relu.Dx);
        launcher.Run(
            _reluBackwardCopy,
            Blocks(count),
            CudaMemory<float>.AddressOf(relu.Dx),
            CudaMemory<float>.AddressOf(copy.Y),
            CudaMemory<float>.AddressOf(relu.Y),
            CudaMemory<float>.AddressOf(relu.Dy),
            count);
    }

    private static bool AreDisjoint(TensorRef<float> a, TensorRef<float> b) => !Operand.Read("a", a).Overlaps(Operand.Read("b", b));

    private static uint Blocks(uint count) => KernelLauncher.BlocksFor(KernelLauncher.CeilingDivide(count, 4));

    private void Pair(Kernel kernel, TensorRef<float> a, TensorRef<float> b, TensorRef<float> y)
    {
        uint count = KernelLauncher.Count(y);
        launcher.Run(
            kernel,
            Blocks(count),
            CudaMemory<float>.AddressOf(y),
            CudaMemory<float>.AddressOf(a),
            CudaMemory<float>.AddressOf(b),
            count);
    }
}
