using CsCheck;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public sealed class LogMathTests
{
    [Theory]
    [InlineData(1e-18, 1e-18)]
    [InlineData(1e-10, 9.9999999995e-11)]
    [InlineData(-1e-10, -1.00000000005e-10)]
    [InlineData(0.5, 0.40546510810816438)]
    [InlineData(-0.9, -2.3025850929940457)]
    [InlineData(9e5, 13.710151153416941)]
    public void Log1p_KnownValues_IsAccurate(double x, double expected) =>
        Assert.Equal(1, LogMath.Log1p(x) / expected, 1e-14);

    [Fact]
    public void Log1p_Edges_AreNotNaN()
    {
        Assert.Equal(0, LogMath.Log1p(0));
        Assert.Equal(double.NegativeInfinity, LogMath.Log1p(-1));
        Assert.Equal(double.PositiveInfinity, LogMath.Log1p(double.PositiveInfinity));
    }

    [Fact]
    public void LogAddExp_AnyPair_AgreesWithLogSumExp() =>
        Gen.Select(Gen.Double[-800, 800], Gen.Double[-800, 800]).Sample((a, b) =>
            Assert.Equal(LogMath.LogSumExp([a, b]), LogMath.LogAddExp(a, b), 1e-12));

    [Fact]
    public void LogAddExp_NoWealthLeft_IsTheStake()
    {
        Assert.Equal(-7, LogMath.LogAddExp(double.NegativeInfinity, -7));
        Assert.Equal(double.NegativeInfinity, LogMath.LogAddExp(double.NegativeInfinity, double.NegativeInfinity));
    }

    [Fact]
    public void LogSumExp_HugeTerms_DoesNotOverflow()
    {
        Assert.Equal(1e6 + Math.Log(2), LogMath.LogSumExp([1e6, 1e6]), 1e-9);
        Assert.Equal(double.NegativeInfinity, LogMath.LogSumExp([]));
    }
}
