namespace Msr.Cuda.Emulation;

/// <summary>Something that a native caller holds by a handle.</summary>
internal interface IEmulatedResource
{
    /// <summary>Its kind, for messages: "stream".</summary>
    static abstract string Kind { get; }
}
