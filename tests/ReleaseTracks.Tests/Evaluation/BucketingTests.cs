using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Evaluation;

public sealed class BucketingTests
{
    public static TheoryData<string, string, string> PercentileCases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var test in TestData("VariantAssignment.tests.json").EnumerateArray())
        {
            var flag = test.GetProperty("FeatureFlagName").GetString()!;
            if (flag == "AllocationAssignedVariant")
            {
                var value = test.GetProperty("Variant").GetProperty("Result").GetProperty("ConfigurationValue").GetString()!;
                cases.Add(flag, test.GetProperty("Inputs").GetProperty("User").GetString()!, value);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(PercentileCases))]
    public void Percentile_OfficialVector_SameVariantAsFeatureManagement(string flag, string user, string value)
    {
        var definition = TestData("VariantAssignment.sample.json").GetProperty("feature_management").GetProperty("feature_flags")
            .EnumerateArray().Single(candidate => candidate.GetProperty("id").GetString() == flag);
        var percentage = Bucketing.Percentage(user, Bucketing.Hint(flag));

        var range = definition.GetProperty("allocation").GetProperty("percentile").EnumerateArray().Single(candidate =>
            percentage >= candidate.GetProperty("from").GetDouble() && percentage < candidate.GetProperty("to").GetDouble());
        var variant = definition.GetProperty("variants").EnumerateArray()
            .Single(candidate => candidate.GetProperty("name").GetString() == range.GetProperty("variant").GetString());
        Assert.Equal(value, variant.GetProperty("configuration_value").GetString());

        var ours = Make.Feature(flag, stable: "off:50 on:50");
        Assert.Equal(value == "The Variant Alpha." ? "off" : "on", Make.VariantOf(Make.Model(ours), TrackKey.Stable, user));
    }

    [Fact]
    public void PercentileCases_OfficialVectors_AreThere() => Assert.Equal(2, PercentileCases().Count);

    [Fact]
    public void Complex_UsersWithoutMatchingGroup_SameVariantAsFeatureManagement()
    {
        // ComplexAssignment: Jane (Ring3) gets Alpha and Selena (Ring4) Beta, both by percentile 0–50 / 50–100.
        Assert.InRange(Bucketing.Percentage("Jane", Bucketing.Hint("ComplexAssignment")), 0, 49.999999);
        Assert.InRange(Bucketing.Percentage("Selena", Bucketing.Hint("ComplexAssignment")), 50, 100);
    }

    // Computed apart from this code with Python's hashlib:
    // struct.unpack('<I', sha256((user + '\nallocation\n' + feature).encode('utf-8', 'replace')).digest()[:4])[0] / (2**32 - 1) * 100
    [Theory]
    [MemberData(nameof(GoldenVectors))]
    public void Percentage_GoldenVector_SameEverywhere(string user, string feature, double expected) =>
        Assert.Equal(expected, Bucketing.Percentage(user, Bucketing.Hint(feature)));

    public static TheoryData<string, string, double> GoldenVectors() => new()
    {
        { "Adam", "AllocationAssignedVariant", 25.268430035856653 },
        { "Britney", "AllocationAssignedVariant", 69.03341749427688 },
        { "user-1", "smart-replies", 34.574391374963895 },
        { "user-2", "smart-replies", 37.7243997616983 },
        { "", "f", 22.93939756297958 },
        { "\uD83D\uDE80", "smart-replies", 87.53786857415406 },
        { "\u00E9l\u00E8ve", "ai-feed", 87.27552361955762 },
        { new string('a', 600), "ai-feed", 18.832029732603587 },
        { "\uFFFD", "f", 29.512501491585862 },
    };

    [Fact]
    public void Percentage_AnyUserId_EqualsStraightforwardReference() =>
        Gen.Select(Gen.String, Gen.Char['a', 'z'].Array[1, 63].Select(chars => new string(chars))).Sample((user, key) =>
            Bucketing.Percentage(user, Bucketing.Hint(key)) == Reference(user, key));

    [Theory]
    [InlineData("\uD83D\uDE80 rocket")]
    [InlineData("\uD83D")]
    [InlineData("\uDE80\uD83D")]
    [InlineData("a\0b\nc")]
    [InlineData(" ")]
    public void Percentage_OddUserId_IsThatOfTheReplacedText(string user) =>
        Assert.Equal(Reference(user, "f"), Bucketing.Percentage(user, Bucketing.Hint("f")));

    [Theory]
    [InlineData(160)]
    [InlineData(170)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(100_000)]
    public void Percentage_AroundAndBeyondTheStackLimit_EqualsReference(int length)
    {
        foreach (var unit in new[] { "x", "é", "€", "\uD83D\uDE80" })
        {
            var user = string.Concat(Enumerable.Repeat(unit, length));
            Assert.Equal(Reference(user, "f"), Bucketing.Percentage(user, Bucketing.Hint("f")));
        }
    }

    [Fact]
    public void Evaluator_Bucket_IsThatOfTheHint()
    {
        var model = Make.Model(Make.Feature("smart-replies", stable: "off:50 on:50"));
        for (var i = 0; i < 1000; i++)
        {
            var below = Reference("user-" + i, "smart-replies") < 50;
            Assert.Equal(below ? "off" : "on", Make.VariantOf(model, TrackKey.Stable, "user-" + i));
        }
    }

    private static double Reference(string user, string featureKey)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{user}\nallocation\n{featureKey}"));
        var marker = hash[0] + ((long)hash[1] << 8) + ((long)hash[2] << 16) + ((long)hash[3] << 24);
        return marker / 4294967295d * 100;
    }

    private static JsonElement TestData(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ReleaseTracks.sln")))
            root = root.Parent ?? throw new InvalidOperationException("ReleaseTracks.sln is in no directory above the tests.");
        return JsonElement.Parse(File.ReadAllBytes(Path.Combine(root.FullName, "tests", "testdata", "feature-management", name)));
    }
}
