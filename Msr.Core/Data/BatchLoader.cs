using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Data;

/// <summary>
/// Makes batches of a data set: chooses the samples, standardises and augments them. What a batch holds is a function of (data, options,
/// epoch, number of the batch) alone, and a sample gets the same pixels in a batch of any size. Filling allocates nothing. A loader is for
/// one thread at a time.
/// </summary>
/// <typeparam name="T">The element type of the images.</typeparam>
public sealed class BatchLoader<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int ByteValues = 256;

    private readonly ImageDataset _dataset;
    private readonly LoaderOptions _options;
    private readonly SampleOrder? _order;
    private readonly RandomStream _augment;
    private readonly T[] _table;

    /// <summary>Creates a loader.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="standardization">The map from bytes to numbers.</param>
    /// <param name="options">How to make batches.</param>
    /// <exception cref="ArgumentException">The standardisation has another number of channels.</exception>
    public BatchLoader(ImageDataset dataset, Standardization standardization, LoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(standardization);
        ArgumentNullException.ThrowIfNull(options);
        if (standardization.Channels != dataset.Image.Inner)
        {
            throw new ArgumentException(
                $"Images {dataset.Image} need a standardisation of {dataset.Image.Inner} channels, not {standardization.Channels}.",
                nameof(standardization));
        }

        (int whole, int rest) = Math.DivRem(dataset.Count, options.BatchSize);
        BatchesPerEpoch = whole + (rest > 0 ? 1 : 0);
        _dataset = dataset;
        _options = options;
        Standardization = standardization;
        _order = options.Shuffle ? new SampleOrder(dataset.Count, options.Seed) : null;
        _augment = Augmentation.Stream(options.Seed);
        _table = standardization.Table<T>();
    }

    /// <summary>The number of batches in an epoch, which sees every sample; the last may be smaller than the others.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The options.</summary>
    public LoaderOptions Options => _options;

    /// <summary>The map from bytes to numbers.</summary>
    public Standardization Standardization { get; }

    /// <summary>The images.</summary>
    public ImageDataset Dataset => _dataset;

    /// <summary>Makes an empty batch of the right size.</summary>
    public Batch<T> CreateBatch() => new(Math.Min(_options.BatchSize, _dataset.Count), _dataset.Image);

    /// <summary>Fills a batch: images, labels, indices and count.</summary>
    /// <param name="batch">The batch to fill; see <see cref="CreateBatch"/>.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="index">The number of the batch in the epoch, from 0 to below <see cref="BatchesPerEpoch"/>.</param>
    /// <exception cref="ArgumentException">The batch is too small or for images of another shape.</exception>
    public void Fill(Batch<T> batch, int epoch, int index)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, BatchesPerEpoch);
        int first = index * _options.BatchSize;
        int count = Math.Min(_options.BatchSize, _dataset.Count - first);
        if (batch.Capacity < count || batch.Image != _dataset.Image)
        {
            throw new ArgumentException(
                $"The batch holds {batch.Capacity} images {batch.Image}; {count} of {_dataset.Image} are to go in.", nameof(batch));
        }

        ReadOnlySpan<int> order = _order is null ? default : _order.Of(epoch);
        RandomStream augment = _augment.Split((ulong)epoch);
        batch.Count = count;
        for (int place = 0; place < count; place++)
        {
            int sample = order.IsEmpty ? first + place : order[first + place];
            batch.SampleIndices[place] = sample;
            batch.Labels[place] = _dataset.Labels[sample];
            (int right, int down, bool mirror) = _options.Augmentation.Draw(augment, sample);
            CopyImage(_dataset.PixelsOf(sample), batch.ImageAt(place), right, down, mirror);
        }
    }

    private void CopyImage(ReadOnlySpan<byte> source, Span<T> destination, int right, int down, bool mirror)
    {
        int height = _dataset.Image[0];
        int rowLength = _dataset.Image[1] * _dataset.Image[2];
        for (int row = 0; row < height; row++)
        {
            Span<T> line = destination.Slice(row * rowLength, rowLength);
            int from = row + down;
            if ((uint)from < (uint)height)
            {
                CopyRow(source.Slice(from * rowLength, rowLength), line, right, mirror);
            }
            else
            {
                line.Clear();
            }
        }
    }

    // Column x of the crop is column x + right of the image, or zero outside it; then the crop may be mirrored.
    private void CopyRow(ReadOnlySpan<byte> source, Span<T> destination, int right, bool mirror)
    {
        int width = _dataset.Image[1];
        int channels = _dataset.Image[2];
        int begin = Math.Max(0, -right);
        int end = Math.Min(width, width - right);
        if (right != 0)
        {
            destination.Clear();
        }

        int stride = mirror ? -channels : channels;
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<T> table = _table.AsSpan(channel * ByteValues, ByteValues);
            int read = ((begin + right) * channels) + channel;
            int write = ((mirror ? width - 1 - begin : begin) * channels) + channel;
            for (int column = begin; column < end; column++)
            {
                destination[write] = table[source[read]];
                read += channels;
                write += stride;
            }
        }
    }
}

/// <summary>How a <see cref="BatchLoader{T}"/> makes batches of a data set. The defaults suit evaluation.</summary>
/// <param name="BatchSize">The number of samples in a batch, at least 1.</param>
public sealed record LoaderOptions(int BatchSize)
{
    /// <summary>The number of samples in a batch.</summary>
    public int BatchSize { get; init; } =
        BatchSize >= 1 ? BatchSize : throw new ArgumentOutOfRangeException(nameof(BatchSize), BatchSize, "A batch has a sample.");

    /// <summary>The user's seed, for the order and the augmentation.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether each epoch visits the samples in an order of its own; otherwise in the order of the data set.</summary>
    public bool Shuffle { get; init; }

    /// <summary>The augmentation of each image.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.None;
}

/// <summary>
/// The order in which an epoch visits its samples: a permutation of 0 … N−1 that is a function of (seed, epoch, N) alone. It is kept for
/// one epoch at a time and costs no allocation after construction. For one thread at a time.
/// </summary>
public sealed class SampleOrder
{
    private readonly RandomStream _stream;
    private readonly int[] _order;
    private int _epoch = -1;

    /// <summary>Creates the orders of a seed.</summary>
    /// <param name="count">The number of samples, at least 1.</param>
    /// <param name="seed">The user's seed; epoch e is drawn from the stream <c>seed / "order" / e</c>.</param>
    public SampleOrder(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _order = new int[count];
        _stream = new RandomStream(seed).Split("order");
    }

    /// <summary>The order of an epoch; valid until another epoch is asked for.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public ReadOnlySpan<int> Of(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        if (epoch != _epoch)
        {
            for (int sample = 0; sample < _order.Length; sample++)
            {
                _order[sample] = sample;
            }

            _stream.Split((ulong)epoch).Shuffle(_order.AsSpan());
            _epoch = epoch;
        }

        return _order;
    }
}
