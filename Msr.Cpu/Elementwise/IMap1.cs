namespace Msr.Cpu.Elementwise;

/// <summary>An elementwise function of one tensor.</summary>
internal interface IMap1<V>
{
    V Invoke(V a);
}
