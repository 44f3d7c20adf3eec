using System.Runtime.InteropServices;
using Msr.Core.Memory;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;

namespace PropertyTests.Cuda.Emulation;

/// <summary>Work that runs only when the host waits for it shows where a program does not wait.</summary>
public sealed unsafe class DelayedWorkTests : IDisposable
{
    private const uint Poison = 0xCBCBCBCB;

    private readonly RawCuda _raw = RawCuda.Ready(new EmulationOptions { DelaysWork = true });
    private readonly nint _stream;
    private readonly nint _host;

    public DelayedWorkTests() => (_stream, _host) = (_raw.Stream(), _raw.Pinned(sizeof(uint)));

    public void Dispose() => _raw.Dispose();

    [Fact]
    public void A_result_that_is_read_without_waiting_is_poison()
    {
        ulong device = _raw.Allocate(sizeof(uint));
        Assert.Equal(0, _raw.Fill(device, 7, 1, _stream));
        Assert.Equal(0, _raw.ToHost(_host, device, sizeof(uint), _stream));
        Assert.Equal(Poison, Host());
        Assert.Equal(0, _raw.OfHandle("cuStreamSynchronize", _stream));
        Assert.Equal(7u, Host());
        Assert.Empty(_raw.Cuda.Faults);
    }

    [Fact]
    public void A_source_that_changes_before_the_host_waits_is_copied_as_changed()
    {
        ulong device = _raw.Allocate(sizeof(uint));
        *(uint*)_host = 1;
        Assert.Equal(0, _raw.ToDevice(device, _host, sizeof(uint), _stream));
        *(uint*)_host = 2;
        Assert.Equal(0, _raw.ToHost(_host, device, sizeof(uint), _stream));
        *(uint*)_host = 3;
        Assert.Equal(0, _raw.Synchronize());
        Assert.Equal(3u, Host());
    }

    /// <summary>Waiting for an event runs what the event stands for, on every stream that this depends on, and nothing behind it.</summary>
    [Fact]
    public void An_event_runs_what_it_stands_for_and_nothing_behind_it()
    {
        (nint other, nint first, nint second) = (_raw.Stream(), _raw.Event(), _raw.Event());
        ulong device = _raw.Allocate(sizeof(uint));
        Assert.Equal(0, _raw.Fill(device, 1, 1, other));
        Assert.Equal(0, _raw.OfTwo("cuEventRecord", first, other));
        Assert.Equal(0, _raw.WaitEvent(_stream, first));
        Assert.Equal(0, _raw.ToHost(_host, device, sizeof(uint), _stream));
        Assert.Equal(0, _raw.OfTwo("cuEventRecord", second, _stream));
        Assert.Equal(0, _raw.WaitEvent(other, second));
        Assert.Equal(0, _raw.Fill(device, 2, 1, other));
        Assert.Equal(0, _raw.ToHost(_host, device, sizeof(uint), other));
        Assert.Equal(0, _raw.OfHandle("cuEventSynchronize", second));
        Assert.Equal(1u, Host());
        Assert.Equal(0, _raw.OfHandle("cuStreamSynchronize", other));
        Assert.Equal(2u, Host());
    }

    [Fact]
    public void The_default_stream_and_a_blocking_one_run_in_the_order_in_which_they_were_given_work()
    {
        nint blocking = _raw.Stream(flags: 0);
        ulong device = _raw.Allocate(sizeof(uint));
        Assert.Equal(0, _raw.Fill(device, 1, 1, blocking));
        Assert.Equal(0, _raw.Fill(device, 2, 1));
        Assert.Equal(0, _raw.ToHost(_host, device, sizeof(uint), blocking));
        Assert.Equal(0, _raw.OfHandle("cuStreamSynchronize", blocking));
        Assert.Equal(2u, Host());
    }

    [Fact]
    public void Memory_is_freed_after_the_work_that_uses_it()
    {
        ulong device = _raw.Allocate(sizeof(uint));
        Assert.Equal(0, _raw.Fill(device, 5, 1, _stream));
        Assert.Equal(0, _raw.ToHost(_host, device, sizeof(uint), _stream));
        Assert.Equal(0, _raw.Free(device));
        Assert.Equal(5u, Host());
        Assert.Empty(_raw.Cuda.Faults);
    }

    [Fact]
    public void A_failure_is_reported_by_the_call_that_waits()
    {
        ulong device = _raw.Allocate(sizeof(uint));
        Assert.Equal(0, _raw.ToHost(_host, device, sizeof(uint), _stream));
        Assert.Equal(719, _raw.OfHandle("cuStreamSynchronize", _stream));
        Assert.Contains("was never written", _raw.Cuda.LastFault!.Message, StringComparison.Ordinal);
        Assert.Equal(719, _raw.Synchronize());
    }

    /// <summary>More than the ring of pinned segments holds: a segment that is filled again before the device has read it would show.</summary>
    [Fact]
    public void An_upload_larger_than_the_staging_ring_arrives_whole()
    {
        using EmulatedCuda emulated = new(new EmulationOptions { DelaysWork = true });
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions());
        using DeviceMemory<int> memory = backend.Allocate<int>(5 << 20);
        int[] sent = [.. Enumerable.Range(0, 5 << 20)], got = new int[sent.Length];
        backend.Upload<int>(sent, memory.All());
        backend.Download(memory.All(), got);
        Assert.Equal(sent, got);
        Assert.Empty(emulated.Faults);
    }

    private uint Host() => MemoryMarshal.Read<uint>(new ReadOnlySpan<byte>((void*)_host, sizeof(uint)));
}
