using System.Numerics;
using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>The way from the registers of a warp to parameters, shared memory and the memory of the device, every access checked.</summary>
internal sealed unsafe class WarpMemory
{
    private const int MostElements = 4;

    private static readonly MemoryBlock s_none = new(ulong.MaxValue, 0);

    private readonly PtxKernel _kernel;
    private readonly GlobalMemory _global;
    private readonly MemoryBlock _shared;
    private readonly byte* _parameters;
    private readonly int _parameterBytes;
    private readonly MemoryBlock[] _others;
    private MemoryBlock _recent;
    private int _evicted;

    /// <summary>Makes the way.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="global">The memory of the device.</param>
    /// <param name="shared">The memory of the block.</param>
    /// <param name="parameters">The bytes of the kernel's parameters.</param>
    public WarpMemory(PtxKernel kernel, GlobalMemory global, MemoryBlock shared, byte* parameters)
    {
        (_kernel, _global, _shared, _recent, _parameterBytes) = (kernel, global, shared, s_none, kernel.ParameterBytes);
        _others = [s_none, s_none, s_none];
        _parameters = parameters;
    }

    /// <summary>The number of the block's first thread within the launch, from 1.</summary>
    public int FirstThread { get; set; }

    /// <summary>Moves between registers and memory.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="instruction">The access.</param>
    /// <param name="lanes">The threads that take part.</param>
    /// <exception cref="EmulationException">A thread accesses what it may not.</exception>
    public void Access(Warp warp, in PtxInstruction instruction, uint lanes)
    {
        int size = Math.Abs(instruction.Size), elements = instruction.Elements.Length, bytes = size * elements;
        bool writes = instruction.Kind is PtxKind.StoreGlobal or PtxKind.StoreShared;
        ulong** registers = stackalloc ulong*[MostElements];
        for (int e = 0; e < elements; e++)
        {
            registers[e] = warp.Register(instruction.Elements[e]);
        }

        ulong* addresses = warp.Register(instruction.A);
        Moment moment = _global.Clock.Current;
        for (; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            warp.FaultyLane = lane;
            ulong address = addresses[lane] + (ulong)instruction.Offset;
            if ((address & (ulong)(bytes - 1)) != 0)
            {
                throw new EmulationException($"0x{address:x} is no multiple of the {bytes} bytes that are moved");
            }

            byte* at = Find(instruction.Kind, address, bytes, FirstThread + warp.FirstThread + lane, moment);
            for (int e = 0; e < elements; e++, at += size)
            {
                if (writes)
                {
                    Store(at, size, registers[e][lane]);
                }
                else
                {
                    registers[e][lane] = Load(at, instruction.Size);
                }
            }
        }
    }

    private static ulong Load(byte* from, int size) => size switch
    {
        4 or -4 => *(uint*)from,
        8 or -8 => *(ulong*)from,
        2 => *(ushort*)from,
        -2 => (ulong)*(short*)from,
        1 => *from,
        _ => (ulong)*(sbyte*)from,
    };

    private static void Store(byte* to, int size, ulong value)
    {
        switch (size)
        {
            case 4:
                *(uint*)to = (uint)value;
                break;
            case 8:
                *(ulong*)to = value;
                break;
            case 2:
                *(ushort*)to = (ushort)value;
                break;
            default:
                *to = (byte)value;
                break;
        }
    }

    private byte* Find(PtxKind kind, ulong address, int bytes, int thread, in Moment moment)
    {
        if (kind == PtxKind.LoadParameter)
        {
            return address + (ulong)bytes <= (ulong)_parameterBytes
                ? _parameters + address
                : throw new EmulationException($"byte {address} lies behind the {_parameterBytes} bytes of parameters");
        }

        MemoryBlock block = kind is PtxKind.LoadShared or PtxKind.StoreShared ? Shared(address, bytes) : Global(address, bytes);
        long offset = (long)(address - block.Address);
        ShadowWord* word = block.FirstWord + (offset / 4), end = block.FirstWord + ((offset + bytes + 3) / 4);
        bool writes = kind is PtxKind.StoreGlobal or PtxKind.StoreShared;
        for (; word < end; word++)
        {
            if (!writes && !word->IsWritten)
            {
                throw new EmulationException($"it reads byte {offset} of {Name(block)}, which was never written");
            }

            if (writes ? word->WriteRaces(thread, moment) : word->ReadRaces(thread, moment))
            {
                throw new EmulationException($"its {(writes ? "write" : "read")} of byte {offset} of {Name(block)} races with another thread's access");
            }
        }

        return block.First + offset;
    }

    private MemoryBlock Global(ulong address, int bytes)
    {
        if (_recent.Holds(address, bytes))
        {
            return _recent;
        }

        // Loops go back and forth between a few blocks.
        for (int i = 0; i < _others.Length; i++)
        {
            if (_others[i].Holds(address, bytes))
            {
                (_recent, _others[i]) = (_others[i], _recent);
                return _recent;
            }
        }

        _others[_evicted] = _recent;
        _evicted = (_evicted + 1) % _others.Length;
        return _recent = _global.Find(address, bytes);
    }

    private MemoryBlock Shared(ulong address, int bytes)
    {
        foreach ((int begin, int end) in _kernel.SharedArrays)
        {
            if (address >= (ulong)begin && address + (ulong)bytes <= (ulong)end)
            {
                return _shared;
            }
        }

        throw new EmulationException($"byte {address} of shared memory, {bytes} bytes, lies in no array");
    }

    private string Name(MemoryBlock block) =>
        ReferenceEquals(block, _shared) ? "shared memory" : $"the block of {block.Length} bytes at 0x{block.Address:x}";
}
