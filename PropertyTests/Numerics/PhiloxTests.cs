using Msr.Core.Numerics;

namespace PropertyTests.Numerics;

public class PhiloxTests
{
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(
        0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_known_answers_of_Random123(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), Philox4x32.Draw(c0, c1, c2, c3, ((ulong)k1 << 32) | k0));

    [Fact]
    public void Words_of_a_stream_are_the_words_of_Philox_at_consecutive_counters()
    {
        RandomStream stream = new(0x0123456789abcdef);
        for (uint block = 0; block < 8; block++)
        {
            (uint r0, uint r1, uint r2, uint r3) = Philox4x32.Draw(block, 0, 0, 0, stream.Key);
            Assert.Equal([r0, r1, r2, r3], Enumerable.Range(0, 4).Select(word => stream.Word((4 * block) + (ulong)word)));
        }
    }

    [Fact]
    public void Children_of_a_stream_differ_by_name_and_by_number_and_can_be_found_again()
    {
        RandomStream root = new(7);
        ulong[] keys =
        [
            root.Key, root.Split("order").Key, root.Split("augment").Key, new RandomStream(8).Split("order").Key,
            root.Split(0).Key, root.Split(1).Key, root.Split(1UL << 32).Key,
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(root.Split("order"), new RandomStream(7).Split("order"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Shuffling_keeps_every_item(int count)
    {
        int[] items = [.. Enumerable.Range(0, count)];
        new RandomStream(3).Shuffle(items.AsSpan());
        Assert.Equal(Enumerable.Range(0, count), items.Order());
    }
}
