using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>The memory that the threads of a block can access, with all checks. Each access instruction caches the block of memory that it used last.</summary>
/// <param name="global">The device memory.</param>
internal sealed class BlockMemory(GlobalMemory global)
{
    private const byte Whole = 0xf;

    private static readonly GlobalBlock NoBlock = new(0, 1);

    private readonly Dictionary<PtxKernel, SharedMemory> _sharedOf = [];
    private readonly LocalMemory _local = new();
    private GlobalBlock[] _lastBlocks = [];
    private byte[] _parameters = [];
    private BlockRun _run = null!;
    private SharedMemory _shared = null!;
    private RaceDetector _globalWatch;
    private RaceDetector _sharedWatch;

    /// <summary>The running thread, packed as race marks hold it.</summary>
    public uint Accessor { get; set; }

    /// <summary>Prepares a launch.</summary>
    /// <param name="run">The run that this memory belongs to.</param>
    /// <param name="parameters">The bytes of the parameters.</param>
    public void Begin(BlockRun run, ReadOnlySpan<byte> parameters)
    {
        _run = run;
        PtxKernel kernel = run.Kernel;
        if (!_sharedOf.TryGetValue(kernel, out SharedMemory? shared))
        {
            _sharedOf[kernel] = shared = kernel.CreateShared();
        }

        _shared = shared;
        if (_parameters.Length < parameters.Length + sizeof(ulong))
        {
            _parameters = new byte[parameters.Length + sizeof(ulong)];
        }

        parameters.CopyTo(_parameters);
        _local.Begin(run);
        if (_lastBlocks.Length < kernel.Code.Accesses)
        {
            _lastBlocks = new GlobalBlock[kernel.Code.Accesses];
        }

        Array.Fill(_lastBlocks, NoBlock);
        _globalWatch.LaunchStart = uint.MaxValue;
    }

    /// <summary>Resets shared and local memory for a block.</summary>
    public void StartBlock()
    {
        NextInterval();
        _globalWatch.LaunchStart = Math.Min(_globalWatch.LaunchStart, _globalWatch.Now);
        _globalWatch.BlockStart = _globalWatch.Now;
        (_sharedWatch.LaunchStart, _sharedWatch.BlockStart) = (_globalWatch.Now, _globalWatch.Now);
        _shared.Reset();
        _local.StartBlock();
    }

    /// <summary>Begins the next barrier interval.</summary>
    public void NextInterval()
    {
        _globalWatch.Now = global.NextInterval();
        _sharedWatch.Now = _globalWatch.Now;
    }

    /// <summary>Reads a word of global memory.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">The number of the access.</param>
    public uint LoadGlobal32(ulong address, int access)
    {
        GlobalBlock block = _lastBlocks[access];
        ulong offset = address - block.Address;
        if ((address & 3) != 0 || offset >> 2 >= (uint)block.Length >> 2)
        {
            block = Locate(address, 4, access);
            offset = address - block.Address;
        }

        int word = (int)(offset >> 2);
        if (block.Written[word] != Whole || _globalWatch.Read(ref block.Marks[word], Accessor))
        {
            throw ReadFault(block, word, address);
        }

        return Unsafe.As<byte, uint>(ref block.Data[(int)offset]);
    }

    /// <summary>Writes a word of global memory.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">The number of the access.</param>
    /// <param name="value">The word.</param>
    public void StoreGlobal32(ulong address, int access, uint value)
    {
        GlobalBlock block = _lastBlocks[access];
        ulong offset = address - block.Address;
        if ((address & 3) != 0 || offset >> 2 >= (uint)block.Length >> 2 || block.ReadOnly)
        {
            block = Locate(address, 4, access);
            offset = address - block.Address;
            RequireWritable(block, address);
        }

        int word = (int)(offset >> 2);
        if (_globalWatch.Write(ref block.Marks[word], Accessor))
        {
            throw RaceFault(block, word, address);
        }

        block.Written[word] = Whole;
        Unsafe.As<byte, uint>(ref block.Data[(int)offset]) = value;
    }

    /// <summary>Reads a word of shared memory.</summary>
    /// <param name="address">The address.</param>
    public uint LoadShared32(ulong address)
    {
        GlobalBlock block = _shared.Block;
        int word = SharedWord(address);
        if (block.Written[word] != Whole || _sharedWatch.Read(ref block.Marks[word], Accessor))
        {
            throw ReadFault(block, word, address);
        }

        return Unsafe.As<byte, uint>(ref block.Data[word * 4]);
    }

    /// <summary>Writes a word of shared memory.</summary>
    /// <param name="address">The address.</param>
    /// <param name="value">The word.</param>
    public void StoreShared32(ulong address, uint value)
    {
        GlobalBlock block = _shared.Block;
        int word = SharedWord(address);
        if ((block.Written[word] & SharedMemory.Barred) != 0 || _sharedWatch.Write(ref block.Marks[word], Accessor))
        {
            throw RaceFault(block, word, address);
        }

        block.Written[word] = Whole;
        Unsafe.As<byte, uint>(ref block.Data[word * 4]) = value;
    }

    /// <summary>Reads bytes of the parameters.</summary>
    /// <param name="address">Their offset.</param>
    /// <param name="size">The number of bytes: 1, 2, 4 or 8.</param>
    public ulong LoadParameter(ulong address, int size)
    {
        CheckAlignment(address, size);
        if (address > int.MaxValue || (long)address + size > _run.Kernel.ParameterBytes)
        {
            throw _run.Fault($"the read at byte {address} is outside the kernel's {_run.Kernel.ParameterBytes} bytes of parameters");
        }

        ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(_parameters.AsSpan((int)address));
        return size == 8 ? bits : bits & ((1UL << (8 * size)) - 1);
    }

    /// <summary>Reads an element of any space.</summary>
    /// <param name="access">The access.</param>
    /// <param name="address">The address of the element.</param>
    public ulong Load(in Instruction access, ulong address)
    {
        int size = access.Size;
        MemorySpace space = AddressWindows.Resolve(access.Space, ref address);
        if (space == MemorySpace.Param)
        {
            return LoadParameter(address, size);
        }

        if (space == MemorySpace.Local)
        {
            CheckAlignment(address, size);
            return _local.Load(address, size);
        }

        GlobalBlock block = Element(space, address, size, access.Target);
        int offset = (int)(address - block.Address);
        byte bits = Bits(offset, size);
        ref RaceDetector watch = ref space == MemorySpace.Shared ? ref _sharedWatch : ref _globalWatch;
        for (int word = offset >> 2; word * 4 < offset + size; word++)
        {
            if ((block.Written[word] & (bits | SharedMemory.Barred)) != bits || watch.Read(ref block.Marks[word], Accessor))
            {
                throw ReadFault(block, word, address);
            }
        }

        return ElementBits.Get(block.Data.AsSpan(offset), size);
    }

    /// <summary>Writes an element of any space.</summary>
    /// <param name="access">The access.</param>
    /// <param name="address">The address of the element.</param>
    /// <param name="value">Its bits.</param>
    public void Store(in Instruction access, ulong address, ulong value)
    {
        int size = access.Size;
        MemorySpace space = AddressWindows.Resolve(access.Space, ref address);
        if (space == MemorySpace.Local)
        {
            CheckAlignment(address, size);
            _local.Store(address, size, value);
            return;
        }

        GlobalBlock block = Element(space, address, size, access.Target);
        RequireWritable(block, address);
        int offset = (int)(address - block.Address);
        byte bits = Bits(offset, size);
        ref RaceDetector watch = ref space == MemorySpace.Shared ? ref _sharedWatch : ref _globalWatch;
        for (int word = offset >> 2; word * 4 < offset + size; word++)
        {
            if ((block.Written[word] & SharedMemory.Barred) != 0 || watch.Write(ref block.Marks[word], Accessor))
            {
                throw RaceFault(block, word, address);
            }

            block.Written[word] |= bits;
        }

        ElementBits.Put(block.Data.AsSpan(offset), size, value);
    }

    /// <summary>Updates an element atomically.</summary>
    /// <param name="access">The access.</param>
    /// <param name="address">The address of the element.</param>
    /// <param name="b">The first operand.</param>
    /// <param name="c">The second operand.</param>
    /// <returns>The old value.</returns>
    public ulong Update(in Instruction access, ulong address, ulong b, ulong c)
    {
        MemorySpace space = AddressWindows.Resolve(access.Space, ref address);
        if (space == MemorySpace.Local)
        {
            throw _run.Fault("atomics need global or shared memory, not local memory");
        }

        GlobalBlock block = Element(space, address, access.Size, access.Target);
        RequireWritable(block, address);
        int offset = (int)(address - block.Address);
        ref RaceDetector watch = ref space == MemorySpace.Shared ? ref _sharedWatch : ref _globalWatch;
        for (int word = offset >> 2; word * 4 < offset + access.Size; word++)
        {
            if (block.Written[word] != Whole || watch.Update(ref block.Marks[word], Accessor))
            {
                throw ReadFault(block, word, address);
            }
        }

        ulong old = ElementBits.Get(block.Data.AsSpan(offset), access.Size);
        ElementBits.Put(block.Data.AsSpan(offset), access.Size, AtomicArithmetic.Apply(access, space, old, b, c));
        return old;
    }

    /// <summary>Refuses an address that is not a multiple of a size.</summary>
    /// <param name="address">The address.</param>
    /// <param name="size">The size in bytes, a power of two.</param>
    public void CheckAlignment(ulong address, int size)
    {
        if ((address & (ulong)(size - 1)) != 0)
        {
            throw _run.Fault($"the address 0x{address:x} is misaligned; an access of {size} bytes needs a multiple of {size}");
        }
    }

    private static byte Bits(int offset, int size) => size >= 4 ? Whole : (byte)(((1 << size) - 1) << (offset & 3));

    private GlobalBlock Element(MemorySpace space, ulong address, int size, int access)
    {
        if (space != MemorySpace.Shared)
        {
            return Locate(address, size, access);
        }

        CheckAlignment(address, size);
        RequireShared(address, size);
        return _shared.Block;
    }

    private GlobalBlock Locate(ulong address, int size, int access)
    {
        CheckAlignment(address, size);
        GlobalBlock block = _lastBlocks[access];
        ulong offset = address - block.Address;
        if (offset < (ulong)block.Length && offset + (ulong)size <= (ulong)block.Length)
        {
            return block;
        }

        block = (address - AddressWindows.Variables) switch
        {
            < AddressWindows.Size => _run.Kernel.Module.Variables,
            _ when address - AddressWindows.Constants < AddressWindows.Size => _run.Kernel.Module.Constants,
            _ => global.Find(address) ?? throw _run.Fault($"global address 0x{address:x}: {global.Describe(address).TrimEnd('.')}"),
        };
        offset = address - block.Address;
        if (offset >= (ulong)block.Length || offset + (ulong)size > (ulong)block.Length)
        {
            throw _run.Fault($"{size} bytes at 0x{address:x} overrun the {block.Length} bytes at 0x{block.Address:x} by {offset + (ulong)size - (ulong)block.Length}");
        }

        _lastBlocks[access] = block;
        return block;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SharedWord(ulong address)
    {
        if ((address & 3) != 0 || address >> 2 >= (uint)_shared.Block.Length >> 2)
        {
            CheckAlignment(address, 4);
            RequireShared(address, 4);
        }

        return (int)(address >> 2);
    }

    private void RequireShared(ulong address, int size)
    {
        ulong length = (ulong)_shared.Block.Length;
        if (address >= length || address + (ulong)size > length)
        {
            throw _run.Fault($"shared address 0x{address:x} is outside every variable; the kernel has {_run.Kernel.SharedBytes} bytes of shared memory");
        }
    }

    private void RequireWritable(GlobalBlock block, ulong address)
    {
        if (block.ReadOnly)
        {
            throw _run.Fault($"the address 0x{address:x} lies in constant memory, which is read-only");
        }
    }

    private EmulationException ReadFault(GlobalBlock block, int word, ulong address)
    {
        if (block.Written[word] == Whole)
        {
            return RaceFault(block, word, address);
        }

        string place = Place(block, address);
        return (block.Written[word] & SharedMemory.Barred) != 0
            ? _run.Fault($"{place} lies between two variables; stay within one")
            : _run.Fault($"{place} is read but was never written; initialize it first");
    }

    private EmulationException RaceFault(GlobalBlock block, int word, ulong address)
    {
        string place = Place(block, address);
        if ((block.Written[word] & SharedMemory.Barred) != 0)
        {
            return _run.Fault($"{place} lies between two variables; stay within one");
        }

        RaceMark mark = block.Marks[word];
        bool shared = block == _shared.Block;
        bool byWriter = mark.WriteTime >= mark.ReadTime && mark.WriteTime != 0;
        string other = byWriter ? $"written by thread {RaceDetector.Thread(mark.Writer)}" : $"read by thread {RaceDetector.Thread(mark.Reader)}";
        bool sameBlock = shared || Math.Max(mark.WriteTime, mark.ReadTime) >= _globalWatch.BlockStart;
        string remedy = sameBlock ? "with no barrier in between; add one" : "of another block of this launch; blocks must access different words";
        return _run.Fault($"data race: {place} is {other} {remedy}");
    }

    private string Place(GlobalBlock block, ulong address) => block == _shared.Block
        ? $"shared address 0x{address:x}"
        : $"global address 0x{address:x} (byte {address - block.Address} of the {block.Length} at 0x{block.Address:x})";
}
