using Msr.Core.Numerics;

namespace PropertyTests.Numerics;

public sealed class ShapeTests
{
    [Fact]
    public void A_shape_that_nobody_filled_in_is_the_scalar()
    {
        Shape scalar = new([]);
        Assert.All([default, new Shape()], shape =>
        {
            Assert.Equal((0, 1L, "[]"), (shape.Rank, shape.Length, shape.ToString()));
            Assert.Equal(scalar, shape);
            Assert.Equal(scalar.GetHashCode(), shape.GetHashCode());
            Assert.NotEqual(new Shape(1), shape);
        });
    }
}
