"""What explorer.charts offers, by name; each is imported when it is first used."""

from .architecture import diagram as diagram
from .bands import (
    accuracy_bands as accuracy_bands,
)
from .bands import (
    loss_bands as loss_bands,
)
from .bands import (
    norm_bands as norm_bands,
)
from .bands import (
    step_bands as step_bands,
)
from .bands import (
    training_error_bands as training_error_bands,
)
from .compared import compared_curves as compared_curves
from .confusion import confusion_heat as confusion_heat
from .confusion import reliability as reliability
from .curves import accuracy_curves as accuracy_curves
from .curves import live_curves as live_curves
from .curves import loss_curves as loss_curves
from .dead import dead_profile as dead_profile
from .embedding import scatter as scatter
from .field_image import field_part as field_part
from .field_image import receptive_square as receptive_square
from .field_image import square_reach as square_reach
from .formatting import (
    count as count,
)
from .formatting import (
    macs as macs,
)
from .formatting import (
    memory as memory,
)
from .formatting import (
    number as number,
)
from .formatting import (
    percent as percent,
)
from .formatting import (
    seconds as seconds,
)
from .gradients import (
    norm_bars as norm_bars,
)
from .gradients import (
    norm_epochs as norm_epochs,
)
from .gradients import (
    norm_heatmap as norm_heatmap,
)
from .gradients import (
    norm_limits as norm_limits,
)
from .gradients import (
    norm_lines as norm_lines,
)
from .gradients import (
    norm_profile as norm_profile,
)
from .image_charts import colour_bar as colour_bar
from .image_charts import pixels as pixels
from .image_charts import probability_bars as probability_bars
from .images import (
    data_url as data_url,
)
from .images import (
    filters_rgb as filters_rgb,
)
from .images import (
    grid as grid,
)
from .images import (
    map_over as map_over,
)
from .images import (
    overlay as overlay,
)
from .images import (
    rgb as rgb,
)
from .images import (
    tile as tile,
)
from .images import (
    upscale as upscale,
)
from .look import empty as empty
from .look import ink as ink
from .palette import (
    colour as colour,
)
from .palette import (
    dash as dash,
)
from .palette import (
    diverging as diverging,
)
from .palette import (
    limits as limits,
)
from .palette import (
    run_scale as run_scale,
)
from .palette import (
    sequential as sequential,
)
from .published import accuracy_bubbles as accuracy_bubbles
from .receptive import receptive_growth as receptive_growth
from .variants import (
    accuracy_dots as accuracy_dots,
)
from .variants import (
    lead_bars as lead_bars,
)
from .variants import (
    run_bars as run_bars,
)
from .variants import (
    statistics_dots as statistics_dots,
)
