using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using ReleaseTracks.Objectives.OpenSlo;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Objectives.OpenSlo;
using ReleaseTracks.Server.Tests.Operations;

namespace ReleaseTracks.Server.Tests.Objectives.OpenSlo;

public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("a: 1\nb: [x, 'y', \"z\"]\n", """{"a":1,"b":["x","y","z"]}""")]
    [InlineData("a: ~\nb:\nc: null\nd: 'null'\n", """{"a":null,"b":null,"c":null,"d":"null"}""")]
    [InlineData("a: true\nb: \"true\"\nc: yes\nd: 0.99\ne: '0.99'\nf: 28d\ng: 1e-3\nh: 1e999\ni: .5\n", """{"a":true,"b":"true","c":"yes","d":0.99,"e":"0.99","f":"28d","g":0.001,"h":"1e999","i":0.5}""")]
    [InlineData("query: |\n  sum(x)\n  / y # why\n", """{"query":"sum(x)\n/ y # why\n"}""")]
    [InlineData("{\"a\": {\"b\": [1, 2]}}", """{"a":{"b":[1,2]}}""")]
    [InlineData("a: 🚀\n", """{"a":"🚀"}""")]
    [InlineData("<<: x\n", """{"<<":"x"}""")]
    public void Document_OfTheCoreSchema_IsItsJson(string yaml, string json)
    {
        var (documents, errors) = Read(yaml);

        Assert.Empty(errors);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(json), Assert.Single(documents).Element), documents[0].Element.GetRawText());
    }

    [Fact]
    public void Stream_OfDocumentsAndLists_KeepsWhereEachStood()
    {
        var (documents, errors) = Read("---\na: 1\n---\n- b: 2\n- c: 3\n---\n---\nd: 4\n...\n");

        Assert.Empty(errors);
        Assert.Equal(["documents[0]", "documents[1][0]", "documents[1][1]", "documents[3]"], documents.Select(document => document.Path));
    }

    [Theory]
    [InlineData("a: &x [1]\nb: *x\n", "documents[0].a", "Anchors and aliases are not read: write the value out. (line 1)")]
    [InlineData("a: 1\nb: *x\n", "documents[0].b", "Anchors and aliases are not read: write the value out. (line 2)")]
    [InlineData("&x a: 1\n", "documents[0]", "A name must be a plain text. (line 1)")]
    [InlineData("a: !!binary aGk=\n", "documents[0].a", "Tags are not read: leave it out. (line 1)")]
    [InlineData("a: !type:System.Object {}\n", "documents[0].a", "Tags are not read: leave it out. (line 1)")]
    [InlineData("---\na: 1\n---\nb:\n  c: 1\n  d: 2\n  c: 3\n", "documents[1].b.c", "Given twice: keep one. (line 7)")]
    [InlineData("? [a]\n: 1\n", "documents[0]", "A name must be a plain text. (line 1)")]
    [InlineData("a: 1\nb: \0 2\n", "", "Contains the control character U+0000 in line 2: remove it.")]
    [InlineData("", "", "Has no document: give at least one SLO.")]
    [InlineData("# nothing\n", "", "Has no document: give at least one SLO.")]
    public void Document_WithMoreThanDataInIt_IsRefusedWithItsPlace(string yaml, string path, string message)
    {
        var (documents, errors) = Read(yaml);

        Assert.Empty(documents);
        Assert.Equal(new InputError(path, message), Assert.Single(errors));
    }

    [Theory]
    [InlineData("a: [1\n")]
    [InlineData("a: 1\n b: 2\n")]
    [InlineData("a: \"\\uD800\"\n")]
    [InlineData("%YAML 9.9\n---\na: 1\n")]
    [InlineData("{")]
    public void Text_ThatIsNoYaml_IsRefusedWithItsPlace(string yaml)
    {
        var (documents, errors) = Read(yaml);

        Assert.Empty(documents);
        Assert.StartsWith("Is no YAML: line ", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bomb_OfAliases_IsRefusedAtItsFirstAnchor()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 20; i++)
            bomb.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]\n");

        Assert.Equal("documents[0].a0", Assert.Single(Read(bomb.ToString()).Errors).Path);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Nesting_OfAMillion_IsRefused(string open)
    {
        var (documents, errors) = Read(string.Concat(Enumerable.Repeat(open, 1_000_000 / open.Length)));

        Assert.Empty(documents);
        Assert.Single(errors);
    }

    [Fact]
    public void Documents_OfMoreThanTheBound_AreRefused()
    {
        var (documents, errors) = Read(string.Concat(Enumerable.Repeat("---\na: 1\n", YamlReader.MostDocuments + 1)));

        Assert.Empty(documents);
        Assert.Equal(new InputError("", "Has more than 1000 documents: split the file."), Assert.Single(errors));
    }

    [Fact]
    public void AnyJson_WrittenAndRead_IsTheSame()
    {
        var text = Gen.Char.Where(c => !char.IsSurrogate(c) && c is not ('\uFFFE' or '\uFFFF')).Array[0, 8].Select(chars => new string(chars));
        string[] tricky = ["yes", "off", "~", "0.01", "1e5", "- a", "a: b", "#", " x", "x ", "a\nb", "'", "\"", "*a", "&a", "!x", "{}", "é", "🚀", "28d", "null", "2001-01-01", "0x1f", "1_0"];
        var any = Gen.OneOf(text, Gen.Int[0, tricky.Length - 1].Select(i => tricky[i]));
        Gen.Select(any, any, Gen.Double.Where(double.IsFinite), Gen.Bool).Array[1, 3].Sample(items =>
        {
            var elements = items.Select(item => Json.Object(json =>
            {
                json.WriteString("s", item.Item1);
                json.WriteNumber("n", item.Item3);
                json.WriteBoolean("b", item.Item4);
                json.WriteStrings(item.Item2.Length == 0 ? "x" : "x" + item.Item2, [item.Item1, item.Item2]);
                json.WriteNull("z");
            })).ToArray();
            var yaml = new StringWriter();
            YamlWriter.Write(yaml, elements);

            var (documents, errors) = Read(yaml.ToString());

            Assert.Empty(errors);
            Assert.Equal(elements.Length, documents.Count);
            Assert.All(elements.Zip(documents), pair => Assert.True(JsonElement.DeepEquals(pair.First, pair.Second.Element), $"{pair.First}\n{yaml}"));
        });
    }

    [Fact]
    public void GoldenFile_MutatedInAnyWay_IsReadOrRefusedWithAReason()
    {
        var golden = Shipped.Read("tests", "testdata", "openslo", "objectives.yaml");
        string[] bits = ["&a ", "*a", "!!x ", "? ", "- ", ": ", "|", ">-", "\t", "\n", "'", "\"", "#", "%", "@", "[", "{", "}", "]", ",", "---\n", "...\n", "~", "\0", "\uFFFE", "\u2028", "é", "1e999", "<<: "];
        var count = int.TryParse(Environment.GetEnvironmentVariable("RELEASETRACKS_FUZZ"), CultureInfo.InvariantCulture, out var many) ? many : 2_000;
        var (read, refused) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var random = new Random(i);
            var text = new StringBuilder(golden);
            for (var left = random.Next(4); left > 0; left--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0: text.Remove(at, Math.Min(text.Length - at, random.Next(1, 40))); break;
                    case 1: text[at] = (char)random.Next(' ', 'ÿ'); break;
                    case 2: text.Insert(at, text.ToString(0, Math.Min(text.Length, random.Next(1, 80)))); break;
                    default: text.Insert(at, bits[random.Next(bits.Length)]); break;
                }
            }

            var errors = new InputErrors();
            var documents = YamlReader.Read(text.ToString(), errors);
            var objectives = documents.Select(document => OpenSloReader.Read(document)).ToArray();
            Assert.Equal(errors.Any, objectives.Length == 0 || objectives.Contains(null));
            Assert.All(errors.All, error => Assert.NotEmpty(error.Message));
            (read, refused) = errors.Any ? (read, refused + 1) : (read + 1, refused);
        }

        Assert.True(read > count / 10 && refused > count / 10, $"{read} read, {refused} refused");
    }

    private static (IReadOnlyList<JsonInput> Documents, IReadOnlyList<InputError> Errors) Read(string yaml)
    {
        var errors = new InputErrors();
        return (YamlReader.Read(yaml, errors), errors.All);
    }
}
