namespace Msr.Core.Backends;

/// <summary>What a backend promises to the last bit, for one binary on one machine.</summary>
[Flags]
public enum BitwiseGuarantees
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The same operation on the same data gives the same bits again.</summary>
    Repeat = 1,

    /// <summary>Bits do not depend on the number of threads.</summary>
    ThreadCount = 2,

    /// <summary>The result of a sample does not depend on the other samples of its batch, nor on their number. Minibatch statistics
    /// (<see cref="Ops.BatchNormForward{T}"/> and <see cref="Ops.BatchNormBackward{T}"/> in training) are the exception: they are of the whole batch.</summary>
    Batch = 4,
}
