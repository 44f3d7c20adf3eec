namespace Msr.Core.Checkpoints;

/// <summary>Writes every element of a tensor, in row-major order, into the memory it is given.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="destination">Zeroed memory of exactly the tensor's length.</param>
public delegate void TensorFill<T>(Span<T> destination)
    where T : unmanaged;
