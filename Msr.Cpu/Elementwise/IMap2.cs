namespace Msr.Cpu.Elementwise;

/// <summary>An elementwise function of two tensors.</summary>
internal interface IMap2<V>
{
    V Invoke(V a, V b);
}
