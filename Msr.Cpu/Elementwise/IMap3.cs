namespace Msr.Cpu.Elementwise;

/// <summary>An elementwise function of three tensors.</summary>
internal interface IMap3<V>
{
    V Invoke(V a, V b, V c);
}
