namespace ReleaseTracks.Demo.Story;

/// <summary>What to put into prometheus.yml when nothing arrives.</summary>
internal static class ScrapeHint
{
    public static string For(Uri prometheus, Uri product, Uri server, string why) => $"""

          Nothing is measured through {prometheus} yet. {why}
          That Prometheus must scrape the sample app (the server too, for reports of harm):

            scrape_configs:
              - job_name: releasetracks-demo
                scrape_interval: 1s
                static_configs:
                  - targets: ['{product.Authority}', '{server.Authority}']

          The demo goes on by itself as soon as it does.

        """;
}
