using Msr.Core.Ops;

namespace Msr.Cuda.Emulation.Cudnn;

/// <summary>
/// An algorithm that the emulated cuDNN offers. All compute the same; they differ in what they promise and need, as real ones do. The fastest
/// gradients are not deterministic, so that whoever needs them so must look.
/// </summary>
/// <param name="Number">Its number.</param>
/// <param name="IsDeterministic">Whether it promises the same bits.</param>
/// <param name="NeedsWorkspace">Whether it needs a workspace.</param>
internal sealed record OfferedAlgorithm(int Number, bool IsDeterministic, bool NeedsWorkspace)
{
    private const int WorkspaceGranularity = 256;

    private static readonly OfferedAlgorithm[] s_forward = [new(1, true, true), new(0, true, false)];
    private static readonly OfferedAlgorithm[] s_backwardData = [new(0, false, false), new(1, true, true)];
    private static readonly OfferedAlgorithm[] s_backwardFilter = [new(0, false, false), new(3, false, true), new(1, true, true)];

    /// <summary>The algorithms of a pass, the fastest first.</summary>
    /// <param name="pass">The pass.</param>
    public static ReadOnlySpan<OfferedAlgorithm> All(ConvDirection pass) => pass switch
    {
        ConvDirection.Forward => s_forward,
        ConvDirection.BackwardData => s_backwardData,
        _ => s_backwardFilter,
    };

    /// <summary>How many numbers cuDNN has for a pass; those that are not offered it reports as not supported.</summary>
    /// <param name="pass">The pass.</param>
    public static int Numbers(ConvDirection pass) => pass switch
    {
        ConvDirection.Forward => 8,
        ConvDirection.BackwardData => 6,
        _ => 7,
    };

    /// <summary>The algorithm of a number.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="number">The number.</param>
    /// <exception cref="CallFailedException">It is not offered, or there is none.</exception>
    public static OfferedAlgorithm Of(ConvDirection pass, int number)
    {
        if ((uint)number >= (uint)Numbers(pass))
        {
            throw CallFailedException.LibraryFault(CudnnStatus.BadParam, $"cuDNN has no algorithm {number} for {pass}.");
        }

        foreach (OfferedAlgorithm algorithm in All(pass))
        {
            if (algorithm.Number == number)
            {
                return algorithm;
            }
        }

        throw CallFailedException.LibraryFailure(CudnnStatus.NotSupported, $"The emulated cuDNN does not offer algorithm {number} for {pass}.");
    }

    /// <summary>The bytes of workspace that it needs: as many as the filters take, rounded up.</summary>
    /// <param name="problem">The convolution.</param>
    public long WorkspaceBytes(DescribedConvolution problem)
    {
        long bytes = problem.Geometry.Filter.Length * sizeof(float);
        return NeedsWorkspace ? (bytes + WorkspaceGranularity - 1) / WorkspaceGranularity * WorkspaceGranularity : 0;
    }
}
