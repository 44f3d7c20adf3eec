using Msr.Core.Memory;

namespace Msr.Conformance.Subjects;

/// <summary>A block that has a length and no elements: shapes of any size can be looked at for nothing.</summary>
/// <typeparam name="E">The element type.</typeparam>
/// <param name="length">The number of elements.</param>
internal sealed class AbsentMemory<E>(long length) : DeviceMemory<E>(length)
    where E : unmanaged;
