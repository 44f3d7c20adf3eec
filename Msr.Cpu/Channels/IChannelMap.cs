namespace Msr.Cpu.Channels;

/// <summary>A function of one or two tensors [..., C] and of constants per channel, which it loads from patterns by column.</summary>
internal interface IChannelMap<V>
{
    V Invoke(V a, V b, nint column);
}
