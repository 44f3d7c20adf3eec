namespace Msr.Cuda.Emulation.Ptx;

/// <summary>What an atomic does to the value in memory.</summary>
internal enum AtomicOperation : ushort
{
    /// <summary>old + B, an integer.</summary>
    Add,

    /// <summary>old + B, float32.</summary>
    AddF32,

    /// <summary>old + B, float64.</summary>
    AddF64,

    /// <summary>B.</summary>
    Exchange,

    /// <summary>C where old equals B, else old.</summary>
    CompareExchange,

    /// <summary>min(old, B), unsigned.</summary>
    MinUnsigned,

    /// <summary>max(old, B), unsigned.</summary>
    MaxUnsigned,

    /// <summary>min(old, B), signed.</summary>
    MinSigned,

    /// <summary>max(old, B), signed.</summary>
    MaxSigned,

    /// <summary>old and B.</summary>
    And,

    /// <summary>old or B.</summary>
    Or,

    /// <summary>old xor B.</summary>
    Xor,
}
