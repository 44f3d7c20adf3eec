namespace Msr.Cpu.Simd;

/// <summary>
/// The last few elements of a run, as one more vector: remainders go through the same instructions as everything else, so no result depends on
/// where it stands.
/// </summary>
internal static unsafe class Partial<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    /// <summary>The first <paramref name="count"/> elements, zeros behind them.</summary>
    public static V Load(T* source, nint count)
    {
        V value = S.Zero;
        T* lanes = (T*)&value;
        for (nint i = 0; i < count; i++)
        {
            lanes[i] = source[i];
        }

        return value;
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    public static void Store(V value, T* destination, nint count)
    {
        T* lanes = (T*)&value;
        for (nint i = 0; i < count; i++)
        {
            destination[i] = lanes[i];
        }
    }
}
